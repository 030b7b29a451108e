#include "proto/mla_content.h"

#include "proto/date_text.h"
#include "proto/limits.h"

#include <stddef.h>

static const char *
due_text(const Denrei__V1__Mla *mla)
{
    switch ((int)mla->step_case) {
    case DENREI__V1__MLA__STEP_REQUEST:
        return mla->request->written_confirmation_by;
    case DENREI__V1__MLA__STEP_ACKNOWLEDGEMENT:
        return mla->acknowledgement->expected_by;
    case DENREI__V1__MLA__STEP_QUESTION:
        return mla->question->reply_by;
    case DENREI__V1__MLA__STEP_POSTPONEMENT:
        return mla->postponement->until;
    case DENREI__V1__MLA__STEP_ACCEPTANCE:
        return mla->acceptance->expected_by;
    case DENREI__V1__MLA__STEP_EXECUTION:
        return mla->execution->expected_by;
    default:
        return NULL;
    }
}

uint64_t
mla_content_due_ms(const Denrei__V1__Mla *mla)
{
    const char *text = due_text(mla);
    struct date_text date;

    if (text == NULL || date_text_parse(text, &date) != ERR_OK || !date_text_is_complete(date))
        return 0;
    return date_text_to_ms(date) + DAY_MS - 1;
}
