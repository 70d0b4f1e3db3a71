package dev.terrane.sim.mutants;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A deliberate bug: one change, or several where one alone does no harm, because something else
 * catches what it lets through.
 *
 * @param name what it is called in tables
 * @param breaks what is done wrong, in one sentence
 * @param changes of classes that differ
 */
record Mutant(String name, String breaks, List<Change> changes) {
  /**
   * Where it is planted.
   *
   * @param className the binary name of the class
   * @param method the method, whatever its parameters
   */
  record Change(String className, String method, Edit edit) {
    private boolean isMeant(MethodModel candidate) {
      return candidate.methodName().equalsString(method);
    }

    private long matches(MethodModel candidate) {
      return candidate.code().stream()
          .flatMap(code -> code.elementStream())
          .filter((CodeElement element) -> edit.matches(element))
          .count();
    }
  }

  Mutant(String name, String breaks, String className, String method, Edit edit) {
    this(name, breaks, List.of(new Change(className, method, edit)));
  }

  /** What it changes in a class; null if nothing. */
  @Nullable Change changeOf(String className) {
    return changes.stream()
        .filter(change -> change.className.equals(className))
        .findFirst()
        .orElse(null);
  }

  /**
   * The class with the bug in it.
   *
   * @throws IllegalStateException if the edit does not match exactly one instruction
   */
  byte[] plant(Change change, byte[] original, ClassLoader hierarchy) {
    ClassFile classFile =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(hierarchy)
                    .orElse(ClassHierarchyResolver.defaultResolver())));
    ClassModel model = classFile.parse(original);
    long matches =
        model.methods().stream().filter(change::isMeant).mapToLong(change::matches).sum();
    if (matches != 1) {
      throw new IllegalStateException(
          "mutant %s matches %d instructions of %s.%s, not one"
              .formatted(name, matches, change.className, change.method));
    }
    CodeTransform planting =
        (code, element) -> {
          if (change.edit.matches(element)) {
            change.edit.write(code, element);
          } else {
            code.with(element);
          }
        };
    return classFile.transformClass(
        model, ClassTransform.transformingMethodBodies(change::isMeant, planting));
  }

  @Override
  public String toString() {
    return name;
  }
}
