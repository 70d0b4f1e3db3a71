package dev.terrane.server.traffic;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.terrane.common.region.RegionError;
import dev.terrane.proto.ProtoRegionErrors;
import dev.terrane.proto.errorpb.Error;
import io.grpc.Status;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How a request is answered for which the node has no memory now. Nothing of it has happened. */
public final class NoRoom {
  public static final String REASON =
      "requests and answers fill the memory that this node keeps for them; try again";

  private static final Error BUSY =
      ProtoRegionErrors.toProto(new RegionError.ServerIsBusy(REASON, Duration.ofMillis(100)));

  public static final Status STATUS = Status.UNAVAILABLE.withDescription(REASON);

  private NoRoom() {}

  /** A response that says so, of the type of {@code empty}; null if it has no field for it. */
  public static @Nullable Message response(Message empty) {
    FieldDescriptor field = empty.getDescriptorForType().findFieldByName("region_error");
    return field == null || field.getJavaType() != FieldDescriptor.JavaType.MESSAGE
        ? null
        : empty.newBuilderForType().setField(field, BUSY).build();
  }
}
