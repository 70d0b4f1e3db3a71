package dev.terrane.cli.data;

import dev.terrane.client.CompareAndSwapResult;
import dev.terrane.client.KeyTtl;
import dev.terrane.client.KeyValue;
import dev.terrane.common.Bytes;
import java.util.Iterator;
import java.util.Optional;

/** What the cluster answered to a {@link Statement}. */
public sealed interface Answer {
  /** Of a get. */
  record Value(Optional<Bytes> value) implements Answer {}

  /** Of a put or delete. */
  record Done() implements Answer {}

  /** Of a scan: read from the cluster page by page while they are taken. */
  record Entries(Iterator<KeyValue> entries) implements Answer {}

  /** Of a ttl. */
  record Lifetime(KeyTtl ttl) implements Answer {}

  /** Of a cas. */
  record Swap(CompareAndSwapResult result) implements Answer {}
}
