package dev.terrane.cli.node;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a person who has started a playground is told.
 *
 * @param kept where its data stay; null if they go with it
 */
record PlaygroundText(Playground.Plan plan, @Nullable Path kept) {
  private static final int PD_DEFAULT = 2379;

  List<String> of(Playground playground) {
    List<String> lines = new ArrayList<>();
    lines.addAll(taken(playground.takenPorts()));
    lines.add(
        plan.nodes()
            + (plan.nodes() == 1 ? " node" : " nodes")
            + ", status on "
            + joined(playground.statusAddresses()));
    lines.add("In another terminal: " + shell(playground));
    lines.add(
        kept == null
            ? "Ctrl-C ends it and removes its data."
            : "Ctrl-C ends it; its data stay in " + kept + ".");
    return lines;
  }

  private static List<String> taken(List<Integer> ports) {
    return switch (ports.size()) {
      case 0 -> List.of();
      case 1 -> List.of("note: port " + joined(ports) + " is taken; another one is used");
      default -> List.of("note: ports " + joined(ports) + " are taken; others are used");
    };
  }

  /** As short as the defaults of {@code terrane sh} allow. */
  private String shell(Playground playground) {
    String pd = playground.pd().port() == PD_DEFAULT ? "" : " --pd " + playground.pd();
    String keyspace = plan.apiVersion() == ApiVersionOption.V2 ? " --keyspace DEFAULT" : "";
    return "terrane sh" + pd + keyspace;
  }

  private static String joined(List<?> parts) {
    return parts.stream().map(Object::toString).collect(Collectors.joining(", "));
  }
}
