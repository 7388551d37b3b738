/// A model directory that cannot be used.
public enum ModelError: Error, Sendable, Equatable {
  /// A file is missing or cannot be read.
  case unreadable(file: String, reason: String)

  /// `config.json` says something that is not supported or not possible.
  case unsupported(file: String, key: String, found: String, supported: String)

  /// A tensor the architecture needs is not in the files.
  case missingTensor(file: String, name: String, shape: [Int])

  /// A tensor's shape contradicts `config.json`.
  case wrongShape(file: String, name: String, expected: [Int], found: [Int])
}

extension ModelError: CustomStringConvertible {
  /// Where, what, and what to do about it.
  public var description: String {
    switch self {
    case .unreadable(let file, let reason):
      "\(file): \(reason)"
    case .unsupported(let file, let key, let found, let supported):
      "\(file): `\(key)` is \(found); supported: \(supported)"
    case .missingTensor(let file, let name, let shape):
      "\(file): tensor `\(name)` of shape \(shape) is missing; config.json asks for it, so compare the two files"
    case .wrongShape(let file, let name, let expected, let found):
      "\(file): tensor `\(name)` has shape \(found), config.json asks for \(expected); one of the two files is wrong"
    }
  }
}
