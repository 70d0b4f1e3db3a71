package dev.terrane.cli.node;

import dev.terrane.server.config.NodeConfigBuilder;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How keys are stored, as it is said on the command line: {@code 1}, {@code 1ttl} or {@code 2}. */
enum ApiVersionOption {
  V1("1", 1, false),
  V1TTL("1ttl", 1, true),
  V2("2", 2, true);

  private final String text;
  private final int version;
  private final boolean ttl;

  ApiVersionOption(String text, int version, boolean ttl) {
    this.text = text;
    this.version = version;
    this.ttl = ttl;
  }

  void applyTo(NodeConfigBuilder config) {
    config.apiVersion(version).ttlEnabled(ttl);
  }

  /** Reads one. */
  static final class Converter implements ITypeConverter<ApiVersionOption> {
    @Override
    public ApiVersionOption convert(String text) {
      for (ApiVersionOption option : values()) {
        if (option.text.equalsIgnoreCase(text)) {
          return option;
        }
      }
      throw new TypeConversionException("'" + text + "' is none of 1, 1ttl and 2");
    }
  }
}
