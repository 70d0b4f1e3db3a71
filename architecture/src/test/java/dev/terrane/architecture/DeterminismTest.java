package dev.terrane.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;

/**
 * What must run the same way twice reads no clock and no random source, starts no thread and opens
 * no file: all of it is injected. One call that slips through makes a failing seed unrepeatable.
 */
@AnalyzeClasses(packages = "dev.terrane", importOptions = DoNotIncludeTests.class)
class DeterminismTest {
  private static final String[] DETERMINISTIC = {
    "dev.terrane.raft..",
    "dev.terrane.mvcc..",
    "dev.terrane.txn..",
    "dev.terrane.store..",
    "dev.terrane.pd..",
    "dev.terrane.client.core..",
    "dev.terrane.sim.."
  };

  private static final Set<String> BANNED_CALLS =
      Set.of(
          "java.lang.System.nanoTime",
          "java.lang.System.currentTimeMillis",
          "java.lang.System.getenv",
          "java.lang.System.getProperty",
          "java.lang.System.identityHashCode",
          "java.lang.Math.random",
          "java.time.Instant.now",
          "java.time.LocalDateTime.now",
          "java.time.ZonedDateTime.now",
          "java.time.Clock.systemUTC",
          "java.util.UUID.randomUUID",
          "java.util.Collections.shuffle",
          "java.lang.Thread.sleep",
          "java.lang.Thread.start",
          "java.lang.Thread.ofVirtual",
          "java.lang.Thread.ofPlatform",
          "java.lang.Thread.startVirtualThread",
          "java.util.Collection.parallelStream",
          "java.util.concurrent.CompletableFuture.orTimeout",
          "java.util.concurrent.CompletableFuture.completeOnTimeout");

  /** Their iteration order is salted anew in each JVM. */
  private static final Set<String> SALTED =
      Set.of(
          "java.util.Set.of",
          "java.util.Set.copyOf",
          "java.util.Map.of",
          "java.util.Map.ofEntries",
          "java.util.Map.copyOf",
          "java.util.stream.Collectors.toUnmodifiableSet",
          "java.util.stream.Collectors.toUnmodifiableMap");

  @ArchTest
  static final ArchRule clocksThreadsAndRandomnessAreInjected =
      noClasses()
          .that()
          .resideInAnyPackage(DETERMINISTIC)
          .should()
          .callMethodWhere(bannedCall())
          .because("they are injected: TimeSource, RandomGenerator, Agent (style.md's simulation)");

  @ArchTest
  static final ArchRule noHiddenSourcesOfChance =
      noClasses()
          .that()
          .resideInAnyPackage(DETERMINISTIC)
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "java\\.util\\.concurrent\\.(ThreadLocalRandom|Executors|ForkJoinPool|Timer.*)"
                  + "|java\\.security\\.SecureRandom"
                  + "|java\\.util\\.(IdentityHashMap|Timer|TimerTask)")
          .because("a run must replay from its seed");

  @ArchTest
  static final ArchRule theSimulatorKeepsNoSaltedCollections =
      noClasses()
          .that()
          .resideInAPackage("dev.terrane.sim..")
          .should()
          .callMethodWhere(describe("a maker of salted collections", DeterminismTest::isSalted))
          .because("two JVMs must run one seed alike: use LinkedHashMap, TreeMap or List");

  @ArchTest
  static final ArchRule noFilesNorSockets =
      noClasses()
          .that()
          .resideInAnyPackage(DETERMINISTIC)
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "java\\.nio\\.file\\.Files|java\\.io\\.(File|FileInputStream|FileOutputStream|RandomAccessFile)"
                  + "|java\\.nio\\.channels\\..*|java\\.net\\.(Socket|ServerSocket|URL|http\\..*)")
          .because("disk and network wait, and everything that waits is a message");

  private static DescribedPredicate<JavaCall<?>> bannedCall() {
    return describe(
        "a banned call (clock, randomness, environment, thread)", DeterminismTest::isBanned);
  }

  private static boolean isBanned(JavaAccess<?> call) {
    String owner = call.getTargetOwner().getName();
    String method = call.getName();
    return BANNED_CALLS.contains(owner + "." + method)
        || (owner.equals("java.util.concurrent.CompletableFuture") && method.endsWith("Async"));
  }

  private static boolean isSalted(JavaAccess<?> call) {
    return SALTED.contains(call.getTargetOwner().getName() + "." + call.getName());
  }
}
