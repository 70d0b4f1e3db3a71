package dev.terrane.sim.mutants;

import java.io.IOException;
import java.io.InputStream;

/**
 * Loads everything of ours anew, with a bug. Whoever runs in here shares nothing with the classes
 * outside but what is not ours, so a bug does not leak.
 */
final class MutantClassLoader extends ClassLoader {
  private static final String OURS = "dev.terrane.";

  private final Mutant mutant;
  private boolean planted;

  MutantClassLoader(Mutant mutant, ClassLoader parent) {
    super("mutant " + mutant.name(), parent);
    this.mutant = mutant;
  }

  /** An instance, among the classes with the bug, of a public class whose constructor is public. */
  Object make(Class<?> type) throws ReflectiveOperationException {
    return loadClass(type.getName()).getConstructor().newInstance();
  }

  /** Whether a class with the bug was needed at all. */
  boolean isPlanted() {
    return planted;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    if (!name.startsWith(OURS)) {
      return super.loadClass(name, resolve);
    }
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null) {
        loaded = define(name);
      }
      if (resolve) {
        resolveClass(loaded);
      }
      return loaded;
    }
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    byte[] bytes = bytesOf(name, getParent());
    Mutant.Change change = mutant.changeOf(name);
    if (change != null) {
      bytes = mutant.plant(change, bytes, getParent());
      planted = true;
    }
    return defineClass(name, bytes, 0, bytes.length);
  }

  static byte[] bytesOf(String name, ClassLoader from) throws ClassNotFoundException {
    try (InputStream in = from.getResourceAsStream(name.replace('.', '/') + ".class")) {
      if (in == null) {
        throw new ClassNotFoundException(name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new ClassNotFoundException(name, e);
    }
  }
}
