package dev.terrane.sim.net;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.PrototypeMarshaller;

/** Messages as bytes and back, as gRPC has them. */
final class Messages {
  private Messages() {}

  static byte[] encode(Object message) {
    return ((MessageLite) message).toByteArray();
  }

  static <T> T decode(MethodDescriptor.Marshaller<T> marshaller, byte[] bytes) {
    if (!(marshaller instanceof PrototypeMarshaller<T> prototypes)
        || !(prototypes.getMessagePrototype() instanceof MessageLite prototype)) {
      throw new IllegalStateException("not a marshaller of protobuf's messages");
    }
    try {
      @SuppressWarnings("unchecked") // a message's parser makes messages of its own type
      T parsed = (T) prototype.getParserForType().parseFrom(bytes);
      return parsed;
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a message does not survive its own encoding", e);
    }
  }
}
