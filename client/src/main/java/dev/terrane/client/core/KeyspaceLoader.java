package dev.terrane.client.core;

import dev.terrane.client.ClientException;
import dev.terrane.client.DeadlineExceededException;
import dev.terrane.client.RefusedException;
import dev.terrane.proto.keyspacepb.KeyspaceState;
import dev.terrane.proto.keyspacepb.LoadKeyspaceRequest;
import dev.terrane.proto.keyspacepb.LoadKeyspaceResponse;
import java.util.Optional;

/** Asks PD once for the id of the keyspace that a version 2 client was opened on. */
final class KeyspaceLoader implements Completion<Optional<KeyCodec>> {
  private final ClientCore core;
  private final String name;
  private boolean loading;

  KeyspaceLoader(ClientCore core, String name) {
    this.core = core;
    this.name = name.isEmpty() ? "DEFAULT" : name;
  }

  void load() {
    if (!loading) {
      loading = true;
      new PdCall<>(
              core,
              Rpc.LOAD_KEYSPACE,
              header -> LoadKeyspaceRequest.newBuilder().setHeader(header).setName(name).build(),
              LoadKeyspaceResponse::getHeader,
              KeyspaceLoader::codec,
              this)
          .start();
    }
  }

  /** How keys of the keyspace are encoded; empty if there is no such keyspace to work with. */
  private static Optional<KeyCodec> codec(LoadKeyspaceResponse answer) {
    return answer.hasKeyspace() && answer.getKeyspace().getState() == KeyspaceState.ENABLED
        ? Optional.of(KeyCodec.version2(answer.getKeyspace().getId()))
        : Optional.empty();
  }

  @Override
  public void succeeded(Optional<KeyCodec> codec) {
    loading = false;
    codec.ifPresentOrElse(
        core::started,
        () ->
            core.loader()
                .failAll(new RefusedException("keyspace " + name + " is missing or not enabled")));
  }

  @Override
  public void failed(ClientException failure) {
    loading = false;
    if (failure instanceof DeadlineExceededException) {
      core.loader().keyspaceNotLoaded();
    } else {
      core.loader().failAll(failure);
    }
  }
}
