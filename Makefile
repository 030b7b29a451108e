# `make help` lists the targets.  SAN=address,undefined adds sanitizers; CC=clang works as well.
PROGRAMS := denrei-keys denreid denrei denrei-node denrei-audit
PKGS     := libzmq libsodium libprotobuf-c sqlite3 jansson popt inih smartcols icu-uc icu-i18n libcrypto \
            libmicrohttpd libmagic libqrencode pangocairo
SAN      ?=
B        := build$(if $(SAN),-san)
PREFIX   ?= /usr/local
DESTDIR  ?=
VERSION  := 0.1.0

CC       ?= cc
CFLAGS   ?= -O2 -g
WARN     := -Wall -Wextra -Werror -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wvla -Wswitch-enum -Wwrite-strings -Wundef -Wformat=2 -Wpointer-arith -Wcast-qual \
            -Wnull-dereference -Wdouble-promotion
# clang looks into protobuf-c's INIT macros, which cast const away, and at assert(!"text").
WARN     += $(if $(findstring clang,$(CC)),-Wno-cast-qual -Wno-string-conversion)
HARDEN   := -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
BASE     := -std=c2x -D_GNU_SOURCE -DDENREI_VERSION='"$(VERSION)"' -iquote . -iquote $(B)/gen -isystem $(B)/gen \
            $(if $(SAN),-fsanitize=$(SAN) -fno-omit-frame-pointer -fno-sanitize-recover=all,$(HARDEN)) \
            -MMD -MP -pthread $(shell pkg-config --cflags $(PKGS) 2>/dev/null) $(shell pkg-config --cflags check 2>/dev/null)
ALL      := $(BASE) $(WARN) $(CFLAGS)
# as-needed: a program is bound to the libraries that it calls, no more
LDFLAGS  += -Wl,--as-needed $(if $(SAN),,-pie -Wl,-z,relro,-z,now)
LDLIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null) -lcsv -lm
TESTLIBS := $(shell pkg-config --libs check 2>/dev/null)

# ---- sources: a module is found by where it lies; X_main.c is a program's shell.
PROTOS   := $(wildcard proto/*.proto)
GEN      := $(PROTOS:proto/%.proto=$(B)/gen/proto/%.pb-c.c)
PURE     := $(filter-out clients/io/%,$(wildcard proto/*.c keys/*.c relay/*.c clients/*.c clients/*/*.c))
HOST     := $(filter-out %_main.c,$(wildcard proto/io/*.c keys/io/*.c relay/io/*.c clients/io/*.c clients/*/io/*.c))
MAINS    := $(wildcard keys/io/*_main.c relay/io/*_main.c clients/*/io/*_main.c)
TESTS    := $(shell find tests/unit -name 'test_*.c' 2>/dev/null)
MEN      := $(wildcard keys/*.1.scd relay/*.1.scd clients/*/*.1.scd)

obj = $(patsubst %.c,$(B)/%.o,$(1))
PURE_OBJ := $(call obj,$(PURE))
HOST_OBJ := $(call obj,$(HOST))
GEN_OBJ  := $(GEN:.c=.o) $(B)/gen/proto/help_table.o $(B)/gen/proto/treaty_table.o \
            $(B)/gen/clients/node/name_han_table.o
TEST_BIN := $(patsubst %.c,$(B)/%,$(TESTS))
main_of   = $(filter %/$(subst -,_,$(1))_main.c,$(MAINS))
BIN      := $(foreach p,$(PROGRAMS),$(if $(call main_of,$(p)),$(B)/$(p)))

.SECONDARY:
.DELETE_ON_ERROR:
.PHONY: all unit clean help

all: $(BIN)

# ---- generated code: its own archive, its own flags
$(B)/gen/proto/%.pb-c.c $(B)/gen/proto/%.pb-c.h: proto/%.proto
	@mkdir -p $(B)/gen
	protoc-c --c_out=$(B)/gen -I . $<
	@# its INIT macros cast const away in our files, which clang warns of
	@sed -i 's/(char \*)protobuf_c_empty_string/(char *)(uintptr_t)protobuf_c_empty_string/g' \
	    $(B)/gen/proto/$*.pb-c.h
$(B)/gen/%.o: $(B)/gen/%.c
	@echo '  CC      $<'
	@$(CC) $(BASE) $(CFLAGS) -c $< -o $@
GEN_H := $(GEN:.c=.h)

# the comments of the .proto files, as a table (proto/help.h)
$(B)/help_generator: proto/gen/help_generator.c proto/help.h Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL) $(LDFLAGS) $< -o $@
$(B)/gen/proto/help_table.c: $(B)/help_generator $(PROTOS)
	@mkdir -p $(@D)
	protoc --include_source_info --descriptor_set_out=$(B)/gen/protos.desc -I . $(PROTOS)
	$(B)/help_generator < $(B)/gen/protos.desc > $@

# the treaty profiles, as a table (proto/treaty.h), by the reader that the programs have as well
PROFILES   := $(sort $(wildcard proto/treaties/*.profile))
TREATY_OBJ := $(call obj,$(addprefix proto/,$(addsuffix .c,treaty_parse treaty_lines treaty_value \
              arena date_text field nearest problem state_code wire))) $(GEN:.c=.o)
$(B)/treaty_generator: $(call obj,proto/gen/treaty_generator.c) $(TREATY_OBJ)
	@echo '  LD      $@'
	@$(CC) $(ALL) $(LDFLAGS) $^ -o $@ $(LDLIBS)
$(B)/gen/proto/treaty_table.c: $(B)/treaty_generator $(PROFILES)
	@mkdir -p $(@D)
	$(B)/treaty_generator $(PROFILES) > $@

# what ICU knows of Chinese characters, as tables (clients/node/name_han.h)
$(B)/han_generator: clients/node/gen/han_generator.c Makefile
	@mkdir -p $(@D)
	$(CC) $(ALL) $(LDFLAGS) $< -o $@ $(LDLIBS)
$(B)/gen/clients/node/name_han_table.c: $(B)/han_generator
	@mkdir -p $(@D)
	$(B)/han_generator > $@

$(B)/%.o: %.c Makefile | $(GEN_H)
	@mkdir -p $(@D)
	@echo '  CC      $<'
	@$(CC) $(ALL) -c $< -o $@

$(B)/libdenrei.a: $(PURE_OBJ) $(HOST_OBJ) $(GEN_OBJ)
	@echo '  AR      $@'
	@rm -f $@
	@ar rcs $@ $^

# ---- programs
define program
$(B)/$(1): $(call obj,$(call main_of,$(1))) $(B)/libdenrei.a
	@echo '  LD      $$@'
	@$$(CC) $$(ALL) $$(LDFLAGS) $$^ -o $$@ $$(LDLIBS)
endef
$(foreach p,$(PROGRAMS),$(eval $(call program,$(p))))

# ---- unit tests: tests/unit mirrors the tree; what tests and benchmarks share lies at its top
TEST_SHARED := $(call obj,$(wildcard tests/unit/*.c))
$(B)/tests/unit/%: $(B)/tests/unit/%.o $(TEST_SHARED) $(B)/libdenrei.a
	@echo '  LD      $@'
	@$(CC) $(ALL) $(LDFLAGS) $^ -o $@ $(LDLIBS) $(TESTLIBS)

# unit tests of one folder or file while working: make unit T=proto/test_merkle
unit: $(if $(T),$(B)/tests/unit/$(T),$(TEST_BIN))
	@for t in $^; do ./$$t || exit 1; done

clean:
	rm -rf build build-*

# ---- what is missing on a fresh Debian 12: asked of dpkg, installed by apt-get (root or sudo)
DEBS_BUILD := gcc make pkg-config libzmq3-dev libsodium-dev libprotobuf-c-dev protobuf-c-compiler \
              protobuf-compiler libprotobuf-dev libsqlite3-dev libjansson-dev libpopt-dev libinih-dev \
              libsmartcols-dev libicu-dev libssl-dev libmicrohttpd-dev libmagic-dev libqrencode-dev \
              libcsv-dev libpango1.0-dev fonts-noto-cjk iso-codes scdoc
DEBS_CHECK := check expect clang clang-format clang-tidy cppcheck golang-go golang-golang-x-mod-dev \
              libclang-rt-14-dev strace procps faketime curl poppler-utils
.PHONY: deps deps-check
deps:
	@tests/deps $(DEBS_BUILD)
deps-check:
	@tests/deps $(DEBS_BUILD) $(DEBS_CHECK)

# ---- tests
# make check installs what is missing, then runs every suite twice: plain, and under the sanitizers.
# The parts run in a make of their own, since what pkg-config says may change with the install.
.PHONY: check unit-programs run-tests demo bench bench-programs lint format
check: deps-check
	@tests/check

# One suite after the other into $(B)/results; tests/check counts.
E2E_BIN := $(patsubst %.c,$(B)/%,$(wildcard tests/e2e/*/*.c))
unit-programs: $(TEST_BIN) $(E2E_BIN)
run-tests: all $(TEST_BIN) $(E2E_BIN) pure
	@tests/run $(B) $(TEST_BIN)

$(B)/tests/e2e/%: $(B)/tests/e2e/%.o $(B)/libdenrei.a
	@echo '  LD      $@'
	@$(CC) $(ALL) $(LDFLAGS) $^ -o $@ $(LDLIBS)

demo: deps
	@$(MAKE) --no-print-directory -j2 all $(B)/tests/e2e/hostile/hostile
	@B=$(B) docker/demo

bench: deps-check
	@$(MAKE) --no-print-directory all bench-programs
	@B=$(B) tests/bench/run.sh

BENCHES := $(patsubst %.c,$(B)/%,$(wildcard tests/bench/*.c))
bench-programs: $(BENCHES)
$(B)/tests/bench/%: $(B)/tests/bench/%.o $(TEST_SHARED) $(B)/libdenrei.a
	$(CC) $(ALL) $(LDFLAGS) $^ -o $@ $(LDLIBS)

# ---- fuzzing: make fuzz T=wire SECS=60; what is found grows in build-fuzz/corpus/
.PHONY: fuzz
FUZZ_FLAGS := CC=clang B=build-fuzz SAN=address,undefined CFLAGS='-O1 -g -fsanitize=fuzzer-no-link'
fuzz: deps-check
	@test -f tests/fuzz/fuzz_$(T).c || { echo 'make fuzz T=NAME [SECS=60]; NAME is one of:' \
	    $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c)) >&2; exit 2; }
	@$(MAKE) --no-print-directory $(FUZZ_FLAGS) build-fuzz/tests/fuzz/fuzz_$(T)
	@mkdir -p build-fuzz/corpus/$(T) tests/fuzz/seeds/$(T)
	build-fuzz/tests/fuzz/fuzz_$(T) -max_total_time=$(or $(SECS),60) -max_len=$(if $(filter evidence audit,$(T)),32768,4096) -timeout=10 \
	    -rss_limit_mb=1024 -artifact_prefix=build-fuzz/ build-fuzz/corpus/$(T) tests/fuzz/seeds/$(T)
$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(TEST_SHARED) $(GEN_OBJ) $(PURE_OBJ)
	@echo '  LD      $@'
	@$(CC) $(ALL) $(LDFLAGS) -fsanitize=fuzzer $^ -o $@ $(LDLIBS)

# ---- lint; clang-tidy is slow, so it reads a file again only when its object would be made again
SOURCES := $(shell git ls-files '*.c' '*.h' 2>/dev/null)
TIDY    := $(patsubst %.c,$(B)/tidy/%.ok,$(filter-out tests/%,$(filter %.c,$(SOURCES))))
lint: deps-check $(GEN_H)
	@echo '  clang-format, cppcheck, clang-tidy'
	@clang-format --dry-run -Werror $(SOURCES)
	@cppcheck --std=c11 --language=c --enable=warning,performance,portability --inline-suppr -I . \
	    --suppress=missingIncludeSystem --error-exitcode=1 --quiet $(filter %.c,$(SOURCES))
	@$(MAKE) --no-print-directory --keep-going -j$$(nproc) tidy
.PHONY: tidy
tidy: $(TIDY)
$(B)/tidy/%.ok: %.c $(B)/%.o .clang-tidy
	@mkdir -p $(@D)
	@echo '  TIDY    $<'
	@clang-tidy --quiet --warnings-as-errors='*' $< -- $(filter-out -MMD -MP,$(BASE)) 2>/dev/null
	@touch $@
format:
	clang-format -i $(SOURCES)

# ---- install
BINDIR := $(DESTDIR)$(PREFIX)/bin
MANDIR := $(DESTDIR)$(PREFIX)/share/man/man1
DATADIR := $(DESTDIR)$(PREFIX)/share/denrei
.PHONY: install man
MAN := $(foreach m,$(MEN),$(B)/man/$(basename $(notdir $(m))))
man: $(MAN)
define manpage
$(B)/man/$(basename $(notdir $(1))): $(1)
	@mkdir -p $$(@D)
	scdoc < $$< > $$@
endef
$(foreach m,$(MEN),$(eval $(call manpage,$(m))))
install: all man
	install -d $(BINDIR) $(MANDIR) $(DATADIR)
	install -m 755 $(BIN) $(BINDIR)
	install -m 644 $(MAN) $(MANDIR)
	install -m 644 clients/node/openapi.json $(DATADIR)

help:
	@echo 'make          the five programs, in build/'
	@echo 'make demo     install what is missing, build, play the story with the real programs'
	@echo 'make check    install what is missing, run all tests, plain and under ASan and UBSan'
	@echo 'make unit     Check suites only; T=proto/test_merkle: one of them'
	@echo 'make pure     pure modules call nothing of the host'
	@echo 'make lint     clang-format, cppcheck, clang-tidy;  make format'
	@echo 'make bench    speed and size, printed against their limits'
	@echo 'make fuzz     T=wire SECS=60: one libFuzzer target'
	@echo 'make install  DESTDIR=, PREFIX=/usr/local: programs and man pages'
	@echo 'make clean    remove what was built'
	@echo 'variables     SAN=address,undefined (into build-san/), CC=clang, B=folder'

-include $(shell find $(B) -name '*.d' 2>/dev/null)

# ---- a pure module calls nothing of the host, and draws no randomness unless listed in MAY_DRAW
MAY_DRAW := proto/envelope proto/attachment proto/message_id keys/identity keys/keyfile keys/issue
HOST_FREE := name_han_|crypto_|randombytes_|sodium_|protobuf_c_|denrei__v1__|denrei_treaties|SHA256_|(mem|str|u_|unorm|utrans|json_|csv_|v?snprintf|malloc|calloc|realloc|free|abs|qsort|bsearch|is[a-z]+$$|to(upper|lower)$$|__|_GLOBAL_OFFSET_TABLE_|[a-z_]+_(3|72)$$|lrint|sqrt|floor|ceil)
.PHONY: pure
pure: $(PURE_OBJ)
	@defined=$$(nm -g --defined-only $(PURE_OBJ) | awk 'NF == 3 {print $$3}' | sort -u | tr '\n' '|'); \
	 if nm -A -u $(PURE_OBJ) | grep -vE " U ($(HOST_FREE)|($${defined}____)$$)" | grep ' U '; then \
	    echo 'pure: a pure module reaches the host (above)' >&2; exit 1; fi
	@if nm -A -u $(filter-out $(MAY_DRAW:%=$(B)/%.o),$(PURE_OBJ)) | \
	    grep -E ' U (randombytes.*|crypto_.*(_keygen|[^d]_keypair|_seal|_init_push|pwhash_str))$$'; then \
	    echo 'pure: a pure module draws randomness (above)' >&2; exit 1; fi
