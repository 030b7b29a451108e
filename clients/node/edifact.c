#include "clients/node/edifact.h"

#include "proto/wire.h"

#include <assert.h>
#include <string.h>

enum { UNA_BYTES = 9 };

static bool
is_break(uint8_t byte)
{
    return byte == '\r' || byte == '\n';
}

static void
skip_breaks(struct edifact *edifact)
{
    while (edifact->at < edifact->text.len &&
           (is_break(edifact->text.data[edifact->at]) || edifact->text.data[edifact->at] == ' '))
        edifact->at++;
}

static bool
is_sign(char sign)
{
    return sign > ' ' && sign < 0x7F && !(sign >= '0' && sign <= '9') &&
           !(sign >= 'A' && sign <= 'Z') && !(sign >= 'a' && sign <= 'z');
}

/* UNA is followed by six characters: component, element, decimal mark, release, reserved or
 * repetition, terminator.  A blank as release character says that there is none. */
static enum err
take_una(struct edifact *edifact, struct problems *problems)
{
    const uint8_t *una = edifact->text.data + edifact->at;
    struct edifact_signs signs = {(char)una[3], (char)una[4], (char)una[6], (char)una[8]};
    bool are_signs = is_sign(signs.component) && is_sign(signs.element) &&
                     (is_sign(signs.release) || signs.release == ' ') && is_sign(signs.terminator);

    if (!are_signs || signs.component == signs.element || signs.component == signs.release ||
        signs.component == signs.terminator || signs.element == signs.release ||
        signs.element == signs.terminator || signs.release == signs.terminator) {
        problems_add(problems, "UNA", "ask the carrier for the file as it was sent",
                     "the service characters cannot be told apart");
        return ERR_FORMAT;
    }
    edifact->signs = signs;
    edifact->at += UNA_BYTES;
    return ERR_OK;
}

enum err
edifact_init(struct edifact *edifact, struct span text, struct problems *problems)
{
    *edifact = (struct edifact){.text = text, .signs = {':', '+', '?', '\''}};
    skip_breaks(edifact);
    if (text.len - edifact->at >= UNA_BYTES && memcmp(text.data + edifact->at, "UNA", 3) == 0) {
        enum err err = take_una(edifact, problems);
        if (err != ERR_OK)
            return err;
        skip_breaks(edifact);
    }
    if (text.len - edifact->at < 3 || memcmp(text.data + edifact->at, "UNB", 3) != 0) {
        problems_add(problems, "", "give a UN/EDIFACT interchange, which begins with UNA or UNB",
                     "this is no UN/EDIFACT interchange");
        return ERR_FORMAT;
    }
    return ERR_OK;
}

/* Where the segment at `at` ends: at its terminator, or at the end of the text. */
static size_t
find_end(const struct edifact *edifact)
{
    size_t at = edifact->at;

    while (at < edifact->text.len && edifact->text.data[at] != (uint8_t)edifact->signs.terminator) {
        bool is_released = edifact->text.data[at] == (uint8_t)edifact->signs.release &&
                           edifact->signs.release != ' ';
        at += is_released && at + 1 < edifact->text.len ? 2 : 1;
    }
    return at;
}

/* Bytes of the segment that are being copied. */
struct copy {
    struct edifact *edifact;
    size_t used;
    bool is_latin1; /* and becomes UTF-8 */
};

/* Append one byte of the text; false if there is no room. */
static bool
put(struct copy *copy, uint8_t byte)
{
    bool is_wide = copy->is_latin1 && byte >= 0x80;
    char *out = copy->edifact->bytes + copy->used;

    if (copy->used + (is_wide ? 2 : 1) >= EDIFACT_SEGMENT_BYTES)
        return false;
    if (is_wide) {
        out[0] = (char)(0xC0 | byte >> 6);
        out[1] = (char)(0x80 | (byte & 0x3F));
    } else {
        out[0] = (char)byte;
    }
    copy->used += is_wide ? 2 : 1;
    return true;
}

/* Begin the value at (element, component) where the copy stands. */
static const char *
begin_value(struct copy *copy, size_t element, size_t component)
{
    struct edifact_segment *segment = &copy->edifact->segment;

    if (element > EDIFACT_ELEMENTS_MAX || component > EDIFACT_COMPONENTS_MAX)
        return "it has more elements or components than any segment has";
    if (element > 0)
        segment->values[element - 1][component - 1] = copy->edifact->bytes + copy->used;
    segment->elements = element;
    return NULL;
}

/* Split the bytes from `at` to `end` into values; returns what is wrong, or NULL. */
static const char *
split(struct edifact *edifact, size_t end, bool is_latin1)
{
    const struct edifact_signs *signs = &edifact->signs;
    struct copy copy = {.edifact = edifact, .is_latin1 = is_latin1};
    size_t element = 0;
    size_t component = 1;
    const char *problem = NULL;

    for (size_t at = edifact->at; at < end && problem == NULL; at++) {
        uint8_t byte = edifact->text.data[at];
        bool is_data = false;
        if (is_break(byte))
            continue; /* lines are wrapped by those who store the file, and are no data */
        if (byte == (uint8_t)signs->release && signs->release != ' ' && at + 1 < end) {
            byte = edifact->text.data[++at];
            is_data = true;
        }
        if (byte < ' ' || byte == 0x7F || (is_latin1 && byte >= 0x80 && byte < 0xA0))
            return "it has a control character";
        if (is_data || (byte != (uint8_t)signs->element && byte != (uint8_t)signs->component)) {
            problem = put(&copy, byte) ? NULL : "it is too long";
            continue;
        }
        if (!put(&copy, '\0'))
            return "it is too long";
        component = byte == (uint8_t)signs->element ? 1 : component + 1;
        element += byte == (uint8_t)signs->element ? 1 : 0;
        problem = begin_value(&copy, element, component);
    }
    edifact->bytes[copy.used] = '\0';
    return problem;
}

static bool
is_tag(const char *tag)
{
    for (size_t i = 0; i < 3; i++) {
        if (tag[i] < 'A' || tag[i] > 'Z')
            return false;
    }
    return tag[3] == '\0';
}

/* Read the segment that ends at `end`; returns what is wrong, or NULL. */
static const char *
read_segment(struct edifact *edifact, size_t end)
{
    bool is_utf8 = wire_is_utf8((struct span){edifact->text.data + edifact->at, end - edifact->at});

    if (!is_utf8 && !edifact->is_latin1)
        return "it has bytes that are not in the character set that the file declares";
    const char *problem = split(edifact, end, !is_utf8);
    if (problem == NULL && !is_tag(edifact->bytes))
        problem = "it does not begin with a tag of three capital letters";
    if (problem == NULL && end == edifact->text.len)
        problem = "the file ends within it";
    return problem;
}

const struct edifact_segment *
edifact_next(struct edifact *edifact)
{
    struct edifact_segment *segment = &edifact->segment;

    skip_breaks(edifact);
    if (edifact->at == edifact->text.len)
        return NULL;
    *segment = (struct edifact_segment){
        .number = ++edifact->segments, .offset = edifact->at, .tag = edifact->bytes};
    size_t end = find_end(edifact);
    segment->problem = read_segment(edifact, end);
    if (segment->problem != NULL) {
        segment->tag = "";
        segment->elements = 0;
        memset(segment->values, 0, sizeof segment->values);
    }
    edifact->at = end < edifact->text.len ? end + 1 : end;
    if (strcmp(segment->tag, "UNB") == 0)
        edifact->is_latin1 = strcmp(edifact_value(segment, 1, 1), "UNOC") == 0;
    return segment;
}

const char *
edifact_value(const struct edifact_segment *segment, size_t element, size_t component)
{
    assert(element > 0 && component > 0 && component <= EDIFACT_COMPONENTS_MAX);
    if (element > segment->elements || segment->values[element - 1][component - 1] == NULL)
        return "";
    return segment->values[element - 1][component - 1];
}
