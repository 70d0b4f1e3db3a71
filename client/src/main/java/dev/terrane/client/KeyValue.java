package dev.terrane.client;

import dev.terrane.common.Bytes;

/** A key and its value; the value is empty where only keys were asked for. */
public record KeyValue(Bytes key, Bytes value) {}
