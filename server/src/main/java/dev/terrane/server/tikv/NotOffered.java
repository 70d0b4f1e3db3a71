package dev.terrane.server.tikv;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.terrane.proto.errorpb.Error;
import dev.terrane.proto.kvrpcpb.KeyError;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;

/**
 * Answers to what this server does not offer. Said in the response itself, where it has a field for
 * that: client libraries take some gRPC statuses for a broken server and give up on it.
 */
final class NotOffered {
  static final String TRANSACTIONS = "transactions are not offered yet; this cluster is raw";

  private static final KeyError ABORT = KeyError.newBuilder().setAbort(TRANSACTIONS).build();

  private NotOffered() {}

  /**
   * {@code empty} with the first that it has of: a key error, a list of those, an error text, a
   * Region error.
   */
  static <M extends Message> M transactional(M empty) {
    Message.Builder response = empty.newBuilderForType();
    FieldDescriptor error = empty.getDescriptorForType().findFieldByName("error");
    FieldDescriptor errors = empty.getDescriptorForType().findFieldByName("errors");
    FieldDescriptor regionError = empty.getDescriptorForType().findFieldByName("region_error");
    if (error != null && error.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
      response.setField(error, ABORT);
    } else if (errors != null) {
      response.addRepeatedField(errors, ABORT);
    } else if (error != null) {
      response.setField(error, TRANSACTIONS);
    } else if (regionError != null) {
      response.setField(regionError, Error.newBuilder().setMessage(TRANSACTIONS).build());
    }
    // The builder of a message makes messages of its class.
    @SuppressWarnings("unchecked")
    M built = (M) response.build();
    return built;
  }

  static StatusRuntimeException status(String what) {
    return Status.UNIMPLEMENTED.withDescription(what + " is not offered").asRuntimeException();
  }
}
