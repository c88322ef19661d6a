/** How bodies and messages are compressed, and what encodes the objects in them. */

export type StreamCodec = 'gzip' | 'snappy' | 'lz4' | 'zstd';
export type QueueCodec = 'gzip' | 'zstd';
/** Of bodies that are compressed each by itself. */
export type BodyCodecName = QueueCodec | 'br';
export type CompressionCodec = StreamCodec | BodyCodecName | 'deflate';

/** Of bodies, both ways; without a level the library's default. */
export interface Compression<Codec extends CompressionCodec = CompressionCodec> {
  readonly codec: Codec;
  readonly level?: number | undefined;
}

/** Of bodies or messages that are compressed each by itself. */
export interface BodyCompression<Codec extends CompressionCodec = CompressionCodec> extends Compression<Codec> {
  /** Smaller ones go as they are; absent: none is too small. */
  readonly minBytes?: number | undefined;
}

/** permessage-deflate. */
export interface MessageCompression extends BodyCompression<'deflate'> {
  /** A message refers to those before it on its connection; absent: yes. */
  readonly contextTakeover?: boolean | undefined;
}

/** Of the object that a body holds. */
export type PayloadCodec = 'json' | 'msgpack' | 'protobuf';

/** A body that is no text of the scenario's: an object of our reference service, its values templates. */
export interface EncodedBody {
  readonly codec: PayloadCodec;
  readonly fields: Readonly<Record<string, string | boolean>>;
}
