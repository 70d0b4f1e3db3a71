package dev.terrane.formatting;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.ImportOrderer;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.google.googlejavaformat.java.RemoveUnusedImports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every Java file is as google-java-format writes it. A test and not a Maven plugin, because the
 * formatter parses with the compiler of the JVM it runs in, and Maven's own may be older than our
 * sources. {@code make format} runs this test with {@code -Dformat.write=true}, which mends the
 * files instead of failing.
 */
class FormatTest {
  private static final Formatter FORMATTER =
      new Formatter(
          JavaFormatterOptions.builder().style(JavaFormatterOptions.Style.GOOGLE).build());

  @Test
  void everySourceIsFormatted() throws IOException, FormatterException {
    boolean write = Boolean.getBoolean("format.write");
    List<Path> unformatted = new ArrayList<>();
    for (Path source : SourceTree.javaFiles()) {
      String text = Files.readString(source);
      String formatted = format(source, text);
      if (text.equals(formatted)) {
        continue;
      }
      if (write) {
        Files.writeString(source, formatted);
      } else {
        unformatted.add(SourceTree.root().relativize(source));
      }
    }
    assertThat(unformatted).as("not formatted; run: make format").isEmpty();
  }

  private static String format(Path source, String text) throws FormatterException {
    try {
      return FORMATTER.formatSource(
          RemoveUnusedImports.removeUnusedImports(
              ImportOrderer.reorderImports(text, JavaFormatterOptions.Style.GOOGLE)));
    } catch (FormatterException e) {
      throw new IllegalStateException("cannot parse " + source, e);
    }
  }
}
