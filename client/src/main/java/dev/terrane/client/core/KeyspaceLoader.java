package dev.terrane.client.core;

import dev.terrane.client.ClientException;
import dev.terrane.client.DeadlineExceededException;
import dev.terrane.client.RefusedException;
import dev.terrane.proto.keyspacepb.KeyspaceState;
import dev.terrane.proto.keyspacepb.LoadKeyspaceRequest;
import dev.terrane.proto.keyspacepb.LoadKeyspaceResponse;

/** Asks PD once for the id of the keyspace that a version 2 client was opened on. */
final class KeyspaceLoader implements Completion<LoadKeyspaceResponse> {
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
              this)
          .start();
    }
  }

  @Override
  public void succeeded(LoadKeyspaceResponse answer) {
    loading = false;
    if (!answer.hasKeyspace() || answer.getKeyspace().getState() != KeyspaceState.ENABLED) {
      core.loader()
          .failAll(new RefusedException("keyspace " + name + " is missing or not enabled"));
      return;
    }
    core.started(KeyCodec.version2(answer.getKeyspace().getId()));
  }

  @Override
  public void failed(ClientException failure) {
    loading = false;
    if (!(failure instanceof DeadlineExceededException)) {
      core.loader().failAll(failure);
    }
  }
}
