# The few things that `mvn -B verify` does not name. Everything here runs on JDK 25 through Maven's toolchain.
MVN ?= mvn -B -ntp -q

.PHONY: build test format rewrite

build: ## compile and package, without tests
	$(MVN) package -DskipTests

test: ## what continuous integration runs
	$(MVN) verify

format: ## rewrite every Java file as google-java-format has it
	$(MVN) test -pl formatting -Dformat.write=true

rewrite: ## renew the expected outputs of the Raft transcripts; commit only a diff you can explain
	$(MVN) test -pl raft -am -Dtest='*Transcript*' -Dsurefire.failIfNoSpecifiedTests=false -Drewrite=true
