package io.cordee;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.stream.Stream;

/** The library's arrows: {server, worker} ← library, and nothing of them in what it shows. */
@AnalyzeClasses(packages = "io.cordee", importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {

  private static final String[] EXPORTED = {"io.cordee", "io.cordee.function"};

  private static final DescribedPredicate<JavaClass> SHOWN =
      resideInAnyPackage("java..", "io.cordee", "io.cordee.function");

  @ArchTest
  static final ArchRule nothingLeadsToTheLibrary =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.cordee")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.cordee");

  @ArchTest
  static final ArchRule theContractKnowsNothingElse =
      noClasses()
          .that()
          .resideInAPackage("io.cordee.function")
          .should()
          .dependOnClassesThat()
          .resideOutsideOfPackages("java..", "io.cordee.function");

  @ArchTest
  static final ArchRule whatIsShownIsMadeOfWhatIsExported =
      methods()
          .that()
          .arePublic()
          .and()
          .areDeclaredInClassesThat(resideInAnyPackage(EXPORTED))
          .and()
          .areDeclaredInClassesThat(DescribedPredicate.describe("are public", ArrowsTest::isShown))
          .should(showExportedTypesAlone());

  private static boolean isShown(JavaClass owner) {
    return owner.getModifiers().contains(JavaModifier.PUBLIC);
  }

  private static ArchCondition<JavaMethod> showExportedTypesAlone() {
    return new ArchCondition<>("show exported types alone") {
      @Override
      public void check(JavaMethod method, ConditionEvents events) {
        Stream.concat(
                method.getReturnType().getAllInvolvedRawTypes().stream(),
                method.getParameterTypes().stream()
                    .flatMap(type -> type.getAllInvolvedRawTypes().stream()))
            .filter(type -> !type.isPrimitive() && !SHOWN.test(type.getBaseComponentType()))
            .filter(type -> !type.getBaseComponentType().isPrimitive())
            .forEach(
                type ->
                    events.add(
                        SimpleConditionEvent.violated(
                            method, method.getFullName() + " shows " + type.getName())));
      }
    };
  }
}
