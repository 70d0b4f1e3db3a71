package dev.terrane.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The documents name only what is there: classes in docs/architecture.md, files behind links. */
class DocumentsTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");
  private static final Pattern CLASS_NAME = Pattern.compile("[A-Z][a-z0-9]+[A-Za-z0-9]*");
  private static final Pattern LINK = Pattern.compile("]\\(([^)#\\s]+)(?:#[^)]*)?\\)");

  @Test
  void theArchitectureNamesClassesThatExist() throws IOException {
    Set<String> known = typeNames();
    List<String> unknown = new ArrayList<>();
    Matcher code = CODE.matcher(Files.readString(ROOT.resolve("docs/architecture.md")));
    while (code.find()) {
      String first = code.group(1).replaceFirst("^[a-z]+/", "").split("[^A-Za-z0-9]", 2)[0];
      if (CLASS_NAME.matcher(first).matches() && !known.contains(first)) {
        unknown.add(code.group(1));
      }
    }
    assertThat(unknown).as("names in docs/architecture.md that no source declares").isEmpty();
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path document : documents()) {
      Matcher link = LINK.matcher(Files.readString(document));
      while (link.find()) {
        String target = link.group(1);
        if (!target.contains("://") && !Files.exists(document.resolveSibling(target))) {
          broken.add(ROOT.relativize(document) + " -> " + target);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  /** Names of top-level types by file, and of the types that files declare inside. */
  private static Set<String> typeNames() throws IOException {
    Pattern declaration = Pattern.compile("\\b(?:class|interface|record|enum)\\s+([A-Z]\\w*)");
    Set<String> names = new HashSet<>();
    for (Path source : filesEndingWith(".java")) {
      Matcher declared = declaration.matcher(Files.readString(source));
      while (declared.find()) {
        names.add(declared.group(1));
      }
    }
    // Answers and services that are named by the protocol's own files.
    for (Path source : filesEndingWith(".proto")) {
      Matcher declared =
          Pattern.compile("\\b(?:message|service|rpc)\\s+(\\w+)").matcher(Files.readString(source));
      while (declared.find()) {
        names.add(declared.group(1));
      }
    }
    return names;
  }

  private static List<Path> documents() throws IOException {
    return filesEndingWith(".md");
  }

  private static List<Path> filesEndingWith(String suffix) throws IOException {
    try (Stream<Path> files = Files.walk(ROOT)) {
      return files
          .filter(file -> file.toString().endsWith(suffix))
          .filter(file -> !file.toString().contains("/target/"))
          .sorted()
          .toList();
    }
  }
}
