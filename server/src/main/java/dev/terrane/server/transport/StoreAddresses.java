package dev.terrane.server.transport;

import dev.terrane.proto.metapb.Store;
import dev.terrane.proto.metapb.StoreState;
import dev.terrane.proto.pdpb.GetStoreResponse;
import dev.terrane.server.net.HostPort;
import dev.terrane.server.pdlink.GrpcPdLink;
import dev.terrane.store.PdLink;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where other stores are, as PD knows. An address is kept until it fails; then PD is asked again,
 * and if PD does not answer the old one stands: PD may be down while the store is up. Thread-safe.
 */
public final class StoreAddresses implements AddressBook {
  private static final Logger log = LoggerFactory.getLogger(StoreAddresses.class);

  private final GrpcPdLink pd;
  private final ConcurrentMap<Long, HostPort> addressById = new ConcurrentHashMap<>();
  private final ConcurrentMap<Long, HostPort> doubtedById = new ConcurrentHashMap<>();

  public StoreAddresses(GrpcPdLink pd) {
    this.pd = pd;
  }

  @Override
  public void find(long storeId, Consumer<@Nullable HostPort> found) {
    HostPort known = addressById.get(storeId);
    if (known != null) {
      found.accept(known);
      return;
    }
    pd.getStore(
        storeId,
        new PdLink.Reply<>() {
          @Override
          public void answered(GetStoreResponse response) {
            found.accept(take(storeId, response));
          }

          @Override
          public void failed(String reason) {
            found.accept(doubtedById.get(storeId));
          }
        });
  }

  private @Nullable HostPort take(long storeId, GetStoreResponse response) {
    if (response.getHeader().hasError()
        || !response.hasStore()
        || response.getStore().getState() == StoreState.Tombstone) {
      return null;
    }
    Store store = response.getStore();
    String text = store.getPeerAddress().isEmpty() ? store.getAddress() : store.getPeerAddress();
    try {
      HostPort address = HostPort.parse(text);
      addressById.put(storeId, address);
      doubtedById.remove(storeId);
      return address;
    } catch (IllegalArgumentException e) {
      log.warn("store {} has an unusable address", storeId, e);
      return null;
    }
  }

  @Override
  public void doubt(long storeId) {
    HostPort doubted = addressById.remove(storeId);
    if (doubted != null) {
      doubtedById.put(storeId, doubted);
    }
  }
}
