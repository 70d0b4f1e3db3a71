package dev.terrane.client.core;

import com.google.protobuf.Message;
import dev.terrane.proto.keyspacepb.LoadKeyspaceRequest;
import dev.terrane.proto.keyspacepb.LoadKeyspaceResponse;
import dev.terrane.proto.kvrpcpb.RawCASRequest;
import dev.terrane.proto.kvrpcpb.RawCASResponse;
import dev.terrane.proto.kvrpcpb.RawChecksumRequest;
import dev.terrane.proto.kvrpcpb.RawChecksumResponse;
import dev.terrane.proto.kvrpcpb.RawGetKeyTTLRequest;
import dev.terrane.proto.kvrpcpb.RawGetKeyTTLResponse;
import dev.terrane.proto.pdpb.GetAllStoresRequest;
import dev.terrane.proto.pdpb.GetAllStoresResponse;
import dev.terrane.proto.pdpb.GetMembersRequest;
import dev.terrane.proto.pdpb.GetMembersResponse;
import dev.terrane.proto.pdpb.GetRegionRequest;
import dev.terrane.proto.pdpb.GetRegionResponse;
import dev.terrane.proto.pdpb.GetStoreRequest;
import dev.terrane.proto.pdpb.GetStoreResponse;
import dev.terrane.proto.pdpb.ScanRegionsRequest;
import dev.terrane.proto.pdpb.ScanRegionsResponse;
import dev.terrane.proto.pdpb.TsoRequest;
import dev.terrane.proto.pdpb.TsoResponse;

/**
 * A remote procedure with one request and one answer: its path on the wire, and default instances
 * of both messages to parse by.
 */
public record Rpc<Q extends Message, A extends Message>(
    String path, Q requestDefault, A answerDefault) {
  static final Rpc<GetMembersRequest, GetMembersResponse> GET_MEMBERS =
      new Rpc<>(
          "pdpb.PD/GetMembers",
          GetMembersRequest.getDefaultInstance(),
          GetMembersResponse.getDefaultInstance());

  static final Rpc<GetRegionRequest, GetRegionResponse> GET_REGION =
      new Rpc<>(
          "pdpb.PD/GetRegion",
          GetRegionRequest.getDefaultInstance(),
          GetRegionResponse.getDefaultInstance());

  static final Rpc<GetRegionRequest, GetRegionResponse> GET_PREV_REGION =
      new Rpc<>(
          "pdpb.PD/GetPrevRegion",
          GetRegionRequest.getDefaultInstance(),
          GetRegionResponse.getDefaultInstance());

  static final Rpc<ScanRegionsRequest, ScanRegionsResponse> SCAN_REGIONS =
      new Rpc<>(
          "pdpb.PD/ScanRegions",
          ScanRegionsRequest.getDefaultInstance(),
          ScanRegionsResponse.getDefaultInstance());

  static final Rpc<GetStoreRequest, GetStoreResponse> GET_STORE =
      new Rpc<>(
          "pdpb.PD/GetStore",
          GetStoreRequest.getDefaultInstance(),
          GetStoreResponse.getDefaultInstance());

  static final Rpc<GetAllStoresRequest, GetAllStoresResponse> GET_ALL_STORES =
      new Rpc<>(
          "pdpb.PD/GetAllStores",
          GetAllStoresRequest.getDefaultInstance(),
          GetAllStoresResponse.getDefaultInstance());

  /** A stream on the wire, used for one request: PD ends it when the client has half-closed. */
  static final Rpc<TsoRequest, TsoResponse> TSO =
      new Rpc<>("pdpb.PD/Tso", TsoRequest.getDefaultInstance(), TsoResponse.getDefaultInstance());

  static final Rpc<LoadKeyspaceRequest, LoadKeyspaceResponse> LOAD_KEYSPACE =
      new Rpc<>(
          "keyspacepb.Keyspace/LoadKeyspace",
          LoadKeyspaceRequest.getDefaultInstance(),
          LoadKeyspaceResponse.getDefaultInstance());

  static final Rpc<RawGetKeyTTLRequest, RawGetKeyTTLResponse> RAW_GET_KEY_TTL =
      new Rpc<>(
          "tikvpb.Tikv/RawGetKeyTTL",
          RawGetKeyTTLRequest.getDefaultInstance(),
          RawGetKeyTTLResponse.getDefaultInstance());

  static final Rpc<RawCASRequest, RawCASResponse> RAW_COMPARE_AND_SWAP =
      new Rpc<>(
          "tikvpb.Tikv/RawCompareAndSwap",
          RawCASRequest.getDefaultInstance(),
          RawCASResponse.getDefaultInstance());

  static final Rpc<RawChecksumRequest, RawChecksumResponse> RAW_CHECKSUM =
      new Rpc<>(
          "tikvpb.Tikv/RawChecksum",
          RawChecksumRequest.getDefaultInstance(),
          RawChecksumResponse.getDefaultInstance());
}
