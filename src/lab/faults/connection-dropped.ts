/** A fault: the connection is dropped here, without an answer or in the middle of one. */
export class ConnectionDropped extends Error {
  override name = 'ConnectionDropped'
}
