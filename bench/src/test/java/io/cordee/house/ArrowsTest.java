package io.cordee.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * The arrows of the house: common ← proto ← {server, worker}, server ← experiment ← cli ← bench,
 * common ← gallery ← cli, and formats ← cli. Those of the library are checked where it is, as it
 * has all of them in one jar.
 */
@AnalyzeClasses(packages = "io.cordee", importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {

  @ArchTest
  static final ArchRule arrowsPointOneWay =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("proto")
          .definedBy("io.cordee.proto..")
          .layer("formats")
          .definedBy("io.cordee.formats..")
          .layer("function")
          .definedBy("io.cordee.function..")
          .layer("common")
          .definedBy("io.cordee.common..")
          .layer("gallery")
          .definedBy("io.cordee.gallery..")
          .layer("server")
          .definedBy("io.cordee.server..")
          .layer("worker")
          .definedBy("io.cordee.worker..")
          .layer("experiment")
          .definedBy("io.cordee.experiment..")
          .layer("cli")
          .definedBy("io.cordee.cli..")
          .layer("bench")
          .definedBy("io.cordee.bench..")
          .whereLayer("bench")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("cli")
          .mayOnlyBeAccessedByLayers("bench")
          .whereLayer("experiment")
          .mayOnlyBeAccessedByLayers("cli", "bench")
          .whereLayer("server")
          .mayOnlyBeAccessedByLayers("experiment", "cli", "bench")
          .whereLayer("worker")
          .mayOnlyBeAccessedByLayers("cli", "bench")
          .whereLayer("common")
          .mayOnlyBeAccessedByLayers(
              "proto", "gallery", "server", "worker", "experiment", "cli", "bench")
          .whereLayer("gallery")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("formats")
          .mayOnlyBeAccessedByLayers("cli")
          .whereLayer("proto")
          .mayOnlyBeAccessedByLayers("server", "worker", "cli", "bench");

  @ArchTest
  static final ArchRule commandsKnowHowOneConnectsNotWhatIsSaid =
      noClasses()
          .that()
          .resideInAPackage("io.cordee.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.cordee.proto.v1..", "io.cordee.proto.frame..");

  @ArchTest
  static final ArchRule streamsEndAtTheBindings =
      noClasses()
          .that()
          .resideInAnyPackage("io.cordee.common..", "io.cordee.server..", "io.cordee.worker..")
          .and()
          .resideOutsideOfPackages(
              "io.cordee.server.grpc..",
              "io.cordee.worker.grpc..",
              // These put the server together, binding and all.
              "io.cordee.server.assembly..",
              "io.cordee.server.serving..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.cordee.proto.frame..", "io.cordee.proto.security..", "io.grpc..");

  /** What decides and what computes takes plain values. */
  @ArchTest
  static final ArchRule messagesEndAtTheDoors =
      noClasses()
          .that()
          .resideInAnyPackage("io.cordee.common..", "io.cordee.server..", "io.cordee.worker..")
          .and()
          .resideOutsideOfPackages(
              "io.cordee.server.grpc..",
              "io.cordee.server.assembly..",
              "io.cordee.server.serving..",
              "io.cordee.worker",
              "io.cordee.worker.grpc..",
              "io.cordee.worker.link..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.cordee.proto.v1..", "io.cordee.proto.connection..", "com.google.protobuf..");

  @ArchTest
  static final ArchRule commonHasNoSocketsAndNoThreads =
      noClasses()
          .that()
          .resideInAPackage("io.cordee.common..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("java.net..", "java.util.concurrent..")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Thread.class);

  @ArchTest
  static final ArchRule whatDecidesHasNoFilesNoThreadsAndNoClock =
      noClasses()
          .that()
          .resideInAnyPackage(
              "io.cordee.server.round..",
              "io.cordee.server.team..",
              "io.cordee.server.training..",
              "io.cordee.common.optimizer..",
              "io.cordee.common.reduce..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.io..", "java.nio.file..", "java.net..", "java.time..", "java.util.concurrent..")
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Thread.class)
          .orShould()
          .callMethod(System.class, "nanoTime")
          .orShould()
          .callMethod(System.class, "currentTimeMillis");

  @ArchTest
  static final ArchRule roomsAndRoomsWithinThemAreFreeOfCycles =
      slices().matching("io.cordee.(*).(**)").should().beFreeOfCycles();
}
