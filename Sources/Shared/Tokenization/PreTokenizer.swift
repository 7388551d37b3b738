/// Cuts normalized text into pieces.
struct PreTokenizer: Sendable, Equatable {
  /// Where a space goes if none is there.
  enum Prefix: Sendable {
    /// Nowhere.
    case none

    /// Before each stretch of text between added tokens.
    case text

    /// Before each piece.
    case piece
  }

  /// How text is cut; nil leaves it whole.
  var pattern: PiecePattern?

  /// Where a space goes.
  var prefix: Prefix = .none

  /// Calls `body` with each piece of `text`, which is not empty.
  func pieces(of text: String, scanner: inout PieceScanner, body: (ArraySlice<UInt8>) -> Void) {
    let text = prefix == .text && text.utf8.first != Self.space ? " " + text : text
    let bytes = Array(text.utf8)
    guard let pattern else { return body(bytes[...]) }
    scanner.scan(text, pattern) { range in
      if prefix == .piece, bytes[range.lowerBound] != Self.space {
        body([Self.space] + bytes[range])
      } else {
        body(bytes[range])
      }
    }
  }

  private static let space = UInt8(ascii: " ")
}
