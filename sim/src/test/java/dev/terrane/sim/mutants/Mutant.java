package dev.terrane.sim.mutants;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;

/**
 * A deliberate bug.
 *
 * @param name what it is called in tables
 * @param breaks what is done wrong, in one sentence
 * @param className the binary name of the class it is planted in
 * @param method the method, whatever its parameters
 */
record Mutant(String name, String breaks, String className, String method, Edit edit) {
  /**
   * The class with the bug in it.
   *
   * @throws IllegalStateException if the edit does not match exactly one instruction
   */
  byte[] plant(byte[] original, ClassLoader hierarchy) {
    ClassFile classFile =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                ClassHierarchyResolver.ofResourceParsing(hierarchy)
                    .orElse(ClassHierarchyResolver.defaultResolver())));
    ClassModel model = classFile.parse(original);
    long matches = model.methods().stream().filter(this::isMeant).mapToLong(this::matches).sum();
    if (matches != 1) {
      throw new IllegalStateException(
          "mutant %s matches %d instructions of %s.%s, not one"
              .formatted(name, matches, className, method));
    }
    CodeTransform change =
        (code, element) -> {
          if (edit.matches(element)) {
            edit.write(code, element);
          } else {
            code.with(element);
          }
        };
    return classFile.transformClass(
        model, ClassTransform.transformingMethodBodies(this::isMeant, change));
  }

  private boolean isMeant(MethodModel candidate) {
    return candidate.methodName().equalsString(method);
  }

  private long matches(MethodModel candidate) {
    return candidate.code().stream()
        .flatMap(code -> code.elementStream())
        .filter((CodeElement element) -> edit.matches(element))
        .count();
  }

  @Override
  public String toString() {
    return name;
  }
}
