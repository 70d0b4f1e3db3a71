# The few things that `mvn -B verify` does not name. Everything here runs on JDK 25 through Maven's toolchain.
MVN ?= mvn -B -ntp -q

.PHONY: build test format rewrite bench sim

build: ## compile and package, without tests
	$(MVN) package -DskipTests

test: ## what continuous integration runs
	$(MVN) verify

format: ## rewrite every Java file as google-java-format has it
	$(MVN) test -pl formatting -Dformat.write=true

sim: ## replay one simulated cluster, SEED=n; or run fresh ones for MINUTES=n
	$(MVN) test -pl sim -am -Dtest=SwarmTest -Dsurefire.failIfNoSpecifiedTests=false \
	  $(if $(SEED),-Dsim.seed=$(SEED)) $(if $(MINUTES),-Dsim.minutes=$(MINUTES))

rewrite: ## renew the expected outputs of the Raft transcripts; commit only a diff you can explain
	$(MVN) test -pl raft -am -Dtest='*Transcript*' -Dsurefire.failIfNoSpecifiedTests=false -Drewrite=true

# One benchmark: make bench PARTS=RaftCore. With a JDK 25 on the path, or JAVA=/path/to/java.
JAVA ?= java
PARTS ?= .
bench: ## JMH on parts: time and allocation per operation, in some three minutes
	$(MVN) package -DskipTests -pl bench -am
	$(JAVA) -XX:+UseSerialGC -cp "bench/target/classes:$$(cat bench/target/classpath.txt)" org.openjdk.jmh.Main \
	  '$(PARTS)' -f 1 -wi 3 -w 1 -i 5 -r 1 -prof gc
