package dev.terrane.formatting;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The checkout that this test runs in. */
final class SourceTree {
  private SourceTree() {}

  /** The folder of the parent pom. Surefire runs tests in the module's folder, below it. */
  static Path root() {
    return Path.of("..").toAbsolutePath().normalize();
  }

  /** Every hand-written Java file, in a stable order. */
  static List<Path> javaFiles() {
    try (Stream<Path> modules = Files.list(root())) {
      return modules
          .map(module -> module.resolve("src"))
          .filter(Files::isDirectory)
          .flatMap(SourceTree::javaFilesBelow)
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> javaFilesBelow(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
