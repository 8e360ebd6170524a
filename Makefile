# Every target uses the JDK that ./aidb finds, whatever java is on the PATH.
.POSIX:
SHELL = /bin/sh
JDK = JAVA_HOME="$$(./scripts/find-jdk)"
MVN = mvn -B
# The class path of a built program, for what runs beside the server.
JAVA = "$$(./scripts/find-jdk)/bin/java" --add-modules=jdk.incubator.vector \
  --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow

SCRIPTS = aidb .ci/run scripts/find-jdk scripts/build scripts/jvm-options scripts/freshness \
  scripts/corpus-debian scripts/corpus-policy scripts/lint/run scripts/mcp/install \
  bench/run bench/quality bench/compile.sh bench/limits bench/jmh-classpath bench/policy

.PHONY: help run build test soak simulate check lint-scripts format docs bench limits quality policy-report policy-speed token-report clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## /\1 - /p' Makefile

run: ## build when needed, then serve on 127.0.0.1:8091
	./aidb serve

build: ## target/aidb.jar and target/lib, without tests
	./aidb version

test: ## format check, all tests, coverage report in target/site/jacoco
	$(JDK) $(MVN) verify

soak: ## kill the server at random moments for MINUTES (10): make soak MINUTES=60
	$(JDK) $(MVN) -Djacoco.skip=true test -Dtest=CrashTest -Daidb.soak.minutes=$${MINUTES:-10}

simulate: ## a year of learning and nightly forgetting; fails when it takes too much: make simulate ARGS="DAYS LEARNS_A_DAY BY_LEARNING"
	$(JDK) $(MVN) -q -Djacoco.skip=true test-compile dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/test-classpath
	$(JAVA) -Xmx2g -cp "target/classes:target/test-classes:$$(cat target/test-classpath)" dev.aidb.model.YearOfLearning $(ARGS)

check: ## format, compiler checks and the shell scripts' lint, without tests
	$(JDK) $(MVN) -Djacoco.skip=true spotless:check test-compile
	@if command -v shellcheck >/dev/null 2>&1; then shellcheck -x $(SCRIPTS); \
	else echo "shellcheck isn't installed: the shell scripts were not checked"; fi

lint-scripts: ## shellcheck over every shell script
	@shellcheck -x $(SCRIPTS)

format: ## google-java-format over all sources
	$(JDK) $(MVN) -q spotless:apply

docs: ## write the generated reference pages anew
	$(JDK) $(MVN) -q -Djacoco.skip=true compile
	$(JAVA) -cp target/classes dev.aidb.config.Reference docs/reference/configuration.md
	$(JAVA) -cp target/classes dev.aidb.http.ErrorsReference docs/reference/errors.md

bench: build ## run the benchmarks; ARGS go to bench/run
	@if [ -x bench/run ]; then ./bench/run $(ARGS); else echo "bench/run is missing" >&2; exit 1; fi

limits: build ## the rate limiter's time and memory, by JMH; ARGS go to it
	./bench/limits $(ARGS)

quality: build ## retrieval quality over a BEIR folder: make quality DATA=folder
	@test -n "$(DATA)" || { echo "usage: make quality DATA=folder" >&2; exit 2; }
	@if [ -x bench/quality ]; then ./bench/quality "$(DATA)"; else echo "bench/quality is missing" >&2; exit 1; fi

policy-report: ## what the content policy blocks and refuses of its corpora; fails below the aims
	$(JDK) $(MVN) -q -Djacoco.skip=true test-compile
	$(JAVA) -cp target/classes:target/test-classes dev.aidb.policy.PolicyReport

policy-speed: build ## how long the content policy looks at 500 and 10,000 characters
	./bench/policy

token-report: ## the tokens of the lists of tools that the Model Context Protocol serves; fails over budget
	$(JDK) $(MVN) -q -Djacoco.skip=true test-compile dependency:build-classpath -Dmdep.outputFile=target/test-classpath -Dmdep.includeScope=test
	$(JAVA) -cp "target/test-classes:target/classes:$$(cat target/test-classpath)" dev.aidb.it.TokenReport

clean: ## remove everything that was built
	rm -rf target bench/target
