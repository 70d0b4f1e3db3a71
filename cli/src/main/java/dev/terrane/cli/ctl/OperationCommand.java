package dev.terrane.cli.ctl;

import dev.terrane.cli.ClusterOptions;
import dev.terrane.cli.CommandFailure;
import dev.terrane.cli.ExitCode;
import dev.terrane.proto.pdpb.RequestHeader;
import dev.terrane.proto.pdpb.ResponseHeader;
import java.io.PrintWriter;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Has the placement driver do something, and prints what it says. */
abstract class OperationCommand implements Runnable {
  @Mixin private ClusterOptions cluster;

  @Spec private CommandSpec spec;

  @Override
  public final void run() {
    String said;
    try (PdOperations pd = new PdOperations(cluster)) {
      RequestHeader header =
          RequestHeader.newBuilder().setClusterId(pd.members().getHeader().getClusterId()).build();
      said = operate(pd, header);
    } catch (PdOperations.NotTerrane e) {
      throw new CommandFailure(
          ExitCode.FAILED, "the placement driver there is not Terrane's, and does not do this", e);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println(said);
    out.flush();
  }

  abstract String operate(PdOperations pd, RequestHeader header) throws PdOperations.NotTerrane;

  /** The error that an answer's header has, if it has one, ends the command. */
  static void check(ResponseHeader header) {
    check(header, text -> text);
  }

  /** The same, in words of the command's own. */
  static void check(ResponseHeader header, UnaryOperator<String> words) {
    if (header.hasError()) {
      throw new CommandFailure(ExitCode.FAILED, words.apply(header.getError().getMessage()));
    }
  }

  static void checkId(long id) {
    if (id <= 0) {
      throw usage("an id is above zero, and not " + id);
    }
  }

  /** The command was not given as it must be. */
  static CommandFailure usage(String text) {
    return new CommandFailure(ExitCode.USAGE, text);
  }
}
