#include "clients/officer/officer.h"

#include "proto/field.h"

#include <string.h>

/* ---- where a message stands */

static void
keep_earliest(uint64_t *kept_ms, uint64_t time_ms)
{
    if (*kept_ms == 0 || time_ms < *kept_ms)
        *kept_ms = time_ms;
}

void
officer_note_receipt(struct officer_recipient *recipients, size_t count,
                     const struct delivery_receipt *receipt)
{
    for (size_t i = 0; i < count; i++) {
        struct officer_recipient *row = &recipients[i];
        if (strcmp(row->member, receipt->member) != 0)
            continue;
        if (receipt->status == DENREI__V1__DELIVERY_STATUS__DELIVERY_DELIVERED)
            keep_earliest(&row->delivered_ms, receipt->time_ms);
        else if (receipt->status == DENREI__V1__DELIVERY_STATUS__DELIVERY_READ)
            keep_earliest(&row->read_ms, receipt->time_ms);
        else if (receipt->status == DENREI__V1__DELIVERY_STATUS__DELIVERY_APPLIED)
            keep_earliest(&row->applied_ms, receipt->time_ms);
        else if (row->failed_ms == 0 || receipt->time_ms < row->failed_ms) {
            row->failed_ms = receipt->time_ms; /* the reason that stays is that of the time shown */
            row->reason = receipt->reason;
        }
    }
}

bool
officer_has_reached(const struct officer_recipient *recipients, size_t count,
                    Denrei__V1__DeliveryStatus status)
{
    for (size_t i = 0; i < count; i++) {
        const struct officer_recipient *row = &recipients[i];
        bool is_read = row->read_ms != 0;
        bool is_delivered = is_read || row->applied_ms != 0 || row->delivered_ms != 0;
        if (status == DENREI__V1__DELIVERY_STATUS__DELIVERY_READ ? !is_read : !is_delivered)
            return false;
    }
    return count > 0;
}

bool
officer_has_failed(const struct officer_recipient *recipients, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (recipients[i].failed_ms != 0)
            return true;
    return false;
}

/* ---- words */

static int
find_word(const ProtobufCEnumDescriptor *type, const char *path, const char *text,
          struct problems *problems)
{
    const ProtobufCEnumValue *value = field_enum_find(type, text);

    if (value != NULL)
        return value->value;
    field_report_value(problems, path, type, text);
    return 0;
}

Denrei__V1__Priority
officer_priority(const char *text, struct problems *problems)
{
    return (Denrei__V1__Priority)find_word(&denrei__v1__priority__descriptor, "priority", text,
                                           problems);
}

Denrei__V1__Tlp
officer_tlp(const char *text, struct problems *problems)
{
    return (Denrei__V1__Tlp)find_word(&denrei__v1__tlp__descriptor, "tlp", text, problems);
}

Denrei__V1__UseRestriction
officer_use(const char *text, struct problems *problems)
{
    return (Denrei__V1__UseRestriction)find_word(&denrei__v1__use_restriction__descriptor, "use",
                                                 text, problems);
}
