package dev.terrane.cli.ctl;

import dev.terrane.cli.CommandFailure;
import dev.terrane.cli.ExitCode;
import dev.terrane.proto.terranepd.Rules;
import dev.terrane.proto.terranepd.RulesChange;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/**
 * What can be set for the whole cluster, under the names that PD's own tools use, where it has
 * them.
 */
enum Setting {
  MAX_REPLICAS("max-replicas", "replicas of a Region, where there are stores enough") {
    @Override
    String value(Rules rules) {
      return Integer.toString(rules.getReplicasMax());
    }

    @Override
    RulesChange to(String value) {
      return RulesChange.newBuilder().setReplicasMax(number(value)).build();
    }
  },
  MAX_STORE_DOWN_TIME(
      "max-store-down-time", "silence of a store after which its replicas are rebuilt elsewhere") {
    @Override
    String value(Rules rules) {
      return text(rules.getStoreDownMaxMillis());
    }

    @Override
    RulesChange to(String value) {
      return RulesChange.newBuilder().setStoreDownMaxMillis(millis(value)).build();
    }
  },
  PD_MEMBERS("pd-members", "members of the placement driver: 1, 3 or 5") {
    @Override
    String value(Rules rules) {
      return Integer.toString(rules.getPdVotersMax());
    }

    @Override
    RulesChange to(String value) {
      return RulesChange.newBuilder().setPdVotersMax(number(value)).build();
    }
  },
  MAX_PD_MEMBER_DOWN_TIME(
      "max-pd-member-down-time",
      "silence of a member of the placement driver after which another node takes its place") {
    @Override
    String value(Rules rules) {
      return text(rules.getPdMemberDownMaxMillis());
    }

    @Override
    RulesChange to(String value) {
      return RulesChange.newBuilder().setPdMemberDownMaxMillis(millis(value)).build();
    }
  };

  private final String label;
  private final String meaning;

  Setting(String label, String meaning) {
    this.label = label;
    this.meaning = meaning;
  }

  String label() {
    return label;
  }

  String meaning() {
    return meaning;
  }

  abstract String value(Rules rules);

  /** The change that sets it to {@code value}. */
  abstract RulesChange to(String value);

  private static int number(String value) {
    try {
      return Integer.parseUnsignedInt(value);
    } catch (NumberFormatException e) {
      throw new CommandFailure(ExitCode.USAGE, "'" + value + "' is not a number", e);
    }
  }

  private static long millis(String value) {
    try {
      Duration duration = Duration.parse("PT" + value);
      if (duration.isPositive()) {
        return duration.toMillis();
      }
    } catch (DateTimeParseException | ArithmeticException e) {
      // Said below, as for one that is not positive.
    }
    throw new CommandFailure(
        ExitCode.USAGE, "'" + value + "' is not a length of time, as in 90s, 30m or 1h30m");
  }

  private static String text(long millis) {
    return Duration.ofMillis(millis).toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
