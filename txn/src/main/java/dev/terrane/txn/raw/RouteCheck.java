package dev.terrane.txn.raw;

import dev.terrane.common.region.RegionError;
import dev.terrane.txn.ReadMode;
import java.util.function.Consumer;

/**
 * Tells an outcome that needs no data, but only after the route was found right: a client whose
 * Region is elsewhere must hear that first, however little it asks for.
 */
final class RouteCheck<T> extends RegionRead<T> {
  private final Consumer<RouteCheck<T>> outcome;

  private RouteCheck(
      RawEnvironment environment,
      RawContext context,
      ReadMode mode,
      RawReply<T> reply,
      Consumer<RouteCheck<T>> outcome) {
    super(environment, context, mode, reply);
    this.outcome = outcome;
  }

  /** Answers {@code answer} where the route is right. */
  static <T> RouteCheck<T> thenAnswer(
      RawEnvironment environment, RawContext context, ReadMode mode, RawReply<T> reply, T answer) {
    return new RouteCheck<>(environment, context, mode, reply, check -> check.finish(answer));
  }

  /** Refuses with {@code error} where the route is right. */
  static <T> RouteCheck<T> thenRefuse(
      RawEnvironment environment,
      RawContext context,
      ReadMode mode,
      RawReply<T> reply,
      RegionError error) {
    return new RouteCheck<>(environment, context, mode, reply, check -> check.refuse(error));
  }

  @Override
  void begin() {
    outcome.accept(this);
  }

  @Override
  void slice() {
    begin();
  }

  void start(ReadMode mode) {
    environment.storage().read(region, mode, null, this);
  }
}
