package dev.terrane.server.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import dev.terrane.server.net.HostPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A node's TOML file. Every key is optional; one that is not known is an error that names its line,
 * since a misspelt key would otherwise silently be a default.
 *
 * <pre>
 * name = "node-1"
 * data-dir = "/var/lib/terrane"
 * roles = ["pd", "store"]
 * join = ["10.0.0.1:2379"]
 * memory = "512MiB"
 * replicas = 3
 * disk-reserve = true
 *
 * [pd]
 * addr = "0.0.0.0:2379"
 * advertise-addr = "10.0.0.2:2379"
 *
 * [store]
 * addr = "0.0.0.0:20160"
 * advertise-addr = "10.0.0.2:20160"
 * status-addr = "0.0.0.0:20180"
 * advertise-status-addr = "10.0.0.2:20180"
 * labels = { zone = "a" }
 * log-budget = "1GiB"
 *
 * [storage]
 * api-version = 1
 * enable-ttl = false
 * </pre>
 */
public final class NodeConfigFile {
  /** What may be set, with the table that it is in. */
  public static final List<String> SETTINGS =
      List.of(
          "name",
          "data-dir",
          "roles",
          "join",
          "memory",
          "replicas",
          "disk-reserve",
          "pd.addr",
          "pd.advertise-addr",
          "store.addr",
          "store.advertise-addr",
          "store.status-addr",
          "store.advertise-status-addr",
          "store.labels",
          "store.log-budget",
          "storage.api-version",
          "storage.enable-ttl");

  private final Path file;
  private final TomlLines lines;
  private final NodeConfigBuilder config;

  private NodeConfigFile(Path file, TomlLines lines, NodeConfigBuilder config) {
    this.file = file;
    this.lines = lines;
    this.config = config;
  }

  /**
   * Sets in {@code config} what {@code file} says.
   *
   * @throws ConfigException if the file says what makes no sense
   * @throws IOException if it cannot be read
   */
  public static void load(Path file, NodeConfigBuilder config) throws IOException {
    String text = Utf8Text.decode(Files.readAllBytes(file), file);
    TomlLines lines = new TomlLines(text);
    JsonNode root;
    try {
      root = new TomlMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw new ConfigException(file + ":" + mistake(e, lines), e);
    }
    new NodeConfigFile(file, lines, config).apply(root);
  }

  /** The line, and what is wrong there: of a key that is there twice the parser knows neither. */
  private static String mistake(JsonProcessingException failure, TomlLines lines) {
    String said = failure.getOriginalMessage();
    int line = failure.getLocation().getLineNr();
    String repeated = lines.repeatedKey();
    if (said.startsWith("Duplicate key") && repeated != null) {
      return lines.repeatedLine() + ": " + repeated + " is set a second time";
    }
    return line
        + ": "
        + said
        + (said.startsWith("Unknown token") ? "; a text stands in quotes, as in \"n1\"" : "");
  }

  private void apply(JsonNode root) {
    root.properties()
        .forEach(entry -> {
          String key = entry.getKey();
          JsonNode value = entry.getValue();
          switch (key) {
            case "name" -> config.name(text(key, value));
            case "data-dir" -> config.directory(Path.of(text(key, value)));
            case "roles" -> config.roles(roles(key, value));
            case "join" -> config.join(addresses(key, value));
            case "memory" -> config.memoryBytes(bytes(key, value));
            case "replicas" -> config.replicas(number(key, value));
            case "disk-reserve" -> config.diskReserve(flag(key, value));
            case "pd" -> table(key, value).forEach(this::applyPd);
            case "store" -> table(key, value).forEach(this::applyStore);
            case "storage" -> table(key, value).forEach(this::applyStorage);
            default -> throw unknown(key);
          }
        });
  }

  private void applyPd(String key, JsonNode value) {
    switch (key) {
      case "pd.addr" -> config.pdAddress(address(key, value));
      case "pd.advertise-addr" -> config.pdAdvertised(address(key, value));
      default -> throw unknown(key);
    }
  }

  private void applyStore(String key, JsonNode value) {
    switch (key) {
      case "store.addr" -> config.storeAddress(address(key, value));
      case "store.advertise-addr" -> config.storeAdvertised(address(key, value));
      case "store.status-addr" -> config.statusAddress(address(key, value));
      case "store.advertise-status-addr" -> config.statusAdvertised(address(key, value));
      case "store.log-budget" -> config.logBudgetBytes(bytes(key, value));
      case "store.labels" -> config.labels(labels(key, value));
      default -> throw unknown(key);
    }
  }

  private void applyStorage(String key, JsonNode value) {
    switch (key) {
      case "storage.api-version" -> {
        int version = number(key, value);
        if (version != 1 && version != 2) {
          throw wrong(key, "is " + version + "; it may be 1 or 2");
        }
        config.apiVersion(version);
      }
      case "storage.enable-ttl" -> config.ttlEnabled(flag(key, value));
      default -> throw unknown(key);
    }
  }

  // ---- values

  private Map<String, JsonNode> table(String key, JsonNode value) {
    if (!value.isObject()) {
      throw wrong(key, "must be a table");
    }
    Map<String, JsonNode> entries = new LinkedHashMap<>();
    value.properties().forEach(entry -> entries.put(key + "." + entry.getKey(), entry.getValue()));
    return entries;
  }

  private String text(String key, JsonNode value) {
    if (!value.isTextual() || value.textValue().isEmpty()) {
      throw wrong(key, "must be a text that is not empty");
    }
    return value.textValue();
  }

  private boolean flag(String key, JsonNode value) {
    if (!value.isBoolean()) {
      throw wrong(key, "must be true or false");
    }
    return value.booleanValue();
  }

  private int number(String key, JsonNode value) {
    if (!value.canConvertToInt() || !value.isIntegralNumber()) {
      throw wrong(key, "must be a whole number");
    }
    return value.intValue();
  }

  private long bytes(String key, JsonNode value) {
    try {
      return ByteSizes.parse(value.asText());
    } catch (ConfigException e) {
      throw wrong(key, String.valueOf(e.getMessage()));
    }
  }

  private List<String> texts(String key, JsonNode value) {
    if (!value.isArray()) {
      throw wrong(key, "must be a list of texts");
    }
    List<String> texts = new ArrayList<>();
    value.forEach(element -> texts.add(text(key, element)));
    return texts;
  }

  private HostPort address(String key, JsonNode value) {
    return address(key, text(key, value));
  }

  private HostPort address(String key, String text) {
    try {
      return HostPort.parse(text);
    } catch (IllegalArgumentException e) {
      throw wrong(key, String.valueOf(e.getMessage()));
    }
  }

  private List<HostPort> addresses(String key, JsonNode value) {
    return texts(key, value).stream().map(text -> address(key, text)).toList();
  }

  private Set<Role> roles(String key, JsonNode value) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (String text : texts(key, value)) {
      switch (text.toLowerCase(Locale.ROOT)) {
        case "pd" -> roles.add(Role.PD);
        case "store" -> roles.add(Role.STORE);
        default -> throw wrong(key, "names '" + text + "'; roles are pd and store");
      }
    }
    return roles;
  }

  private Map<String, String> labels(String key, JsonNode value) {
    Map<String, String> labels = new LinkedHashMap<>();
    table(key, value)
        .forEach((path, label) -> labels.put(path.substring(key.length() + 1), text(path, label)));
    return labels;
  }

  private ConfigException unknown(String key) {
    String table = key.substring(0, key.indexOf('.') + 1);
    String known =
        SETTINGS.stream()
            .filter(setting -> setting.startsWith(table) && setting.indexOf('.') < table.length())
            .map(setting -> setting.substring(table.length()))
            .collect(Collectors.joining(", "));
    return wrong(
        key,
        "is not a setting of Terrane; "
            + (table.isEmpty()
                ? "there are " + known + ", and the tables [pd], [store] and [storage]"
                : "in [" + key.substring(0, key.indexOf('.')) + "] there are " + known));
  }

  private ConfigException wrong(String key, String what) {
    return new ConfigException(file + ":" + lines.lineOf(key) + ": " + key + " " + what);
  }
}
