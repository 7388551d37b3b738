import Foundation
import Glibc
import Synchronization

/// What a program must not find, read, change or reach: a secret in the environment, files, an open descriptor,
/// and sockets that listen.
final class Canaries: Sendable {
  let secret = "CANARY-\(UInt64.random(in: 0 ... .max))"
  private let files: [String]
  private let reached = Mutex<[String]>([])
  private let folders = ["/", "/dev/shm", "/usr", "/etc", "/usr/lib/python3.11"]
  private let before: [String: [String]]

  /// Programs look for exactly these.
  private static let socketPath = "/tmp/canary.sock"
  private static let tcpPort: UInt16 = 39871
  private static let udpPort: UInt16 = 39872

  /// Waits until no other probe uses the places that programs look at.
  private static func takeTurn() {
    let lock = unsafe open("/tmp/prorl-canaries.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    let shared = unsafe lock >= 0 ? lock : open("/tmp/prorl-canaries.lock", O_RDONLY | O_CLOEXEC)
    // Held until the process ends.
    if shared >= 0 { flock(shared, LOCK_EX) }
  }

  init() throws {
    Self.takeTurn()
    files = ["/tmp/canary.txt"] + (unsafe access("/root", W_OK) == 0 ? ["/root/canary.txt"] : [])
    unsafe setenv("SECRET_CANARY", secret, 1)
    for file in files {
      try Data(secret.utf8).write(to: URL(filePath: file))
      try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file)
    }
    unsafe unlink(Self.socketPath)
    before = Self.listing(folders)
    // A descriptor that every child would inherit.
    let descriptor = unsafe open(files[0], O_RDWR)
    dup2(descriptor, 200)
    listen(AF_INET, SOCK_STREAM, Self.internet(Self.tcpPort), "tcp")
    listen(AF_INET, SOCK_DGRAM, Self.internet(Self.udpPort), "udp")
    listen(AF_UNIX, SOCK_STREAM, Self.local(Array(Self.socketPath.utf8)), "unix")
    listen(AF_UNIX, SOCK_STREAM, Self.local([0] + Array("prorl-canary".utf8)), "abstract")
    unsafe chmod(Self.socketPath, 0o777)
  }

  /// What happened to the canaries since the last call; sound again afterwards.
  func complaints(output: [UInt8]) -> [String] {
    var complaints = reached.withLock { list in
      defer { list = [] }
      return list.map { "\($0) was reached" }
    }
    for line in String(decoding: output, as: UTF8.self).split(separator: "\n")
    where line.contains("LEAK") || line.contains(secret) {
      complaints.append("leak: \(line.prefix(120))")
    }
    for file in files where (try? String(contentsOfFile: file, encoding: .utf8)) != secret {
      complaints.append("\(file) was changed")
      try? Data(secret.utf8).write(to: URL(filePath: file))
    }
    let now = Self.listing(folders)
    for (folder, names) in now where names != before[folder] { complaints.append("\(folder) was changed") }
    return complaints
  }

  func remove() {
    for file in files { unsafe unlink(file) }
    unsafe unlink(Self.socketPath)
  }

  /// Names in `folders` of files that are not root's: no sandbox runs as root, and much else does.
  private static func listing(_ folders: [String]) -> [String: [String]] {
    let manager = FileManager.default
    return folders.reduce(into: [:]) { listing, folder in
      let names = (try? manager.contentsOfDirectory(atPath: folder)) ?? []
      listing[folder] = names.filter { name in
        let attributes = try? manager.attributesOfItem(atPath: folder + "/" + name)
        return attributes.map { $0[.ownerAccountID] as? Int != 0 } ?? false
      }.sorted()
    }
  }

  private static func internet(_ port: UInt16) -> [UInt8] {
    [UInt8(AF_INET), 0, UInt8(port >> 8), UInt8(port & 0xff), 127, 0, 0, 1] + [UInt8](repeating: 0, count: 8)
  }

  private static func local(_ path: [UInt8]) -> [UInt8] { [UInt8(AF_UNIX), 0] + path }

  private func listen(_ family: Int32, _ type: __socket_type, _ address: [UInt8], _ name: String) {
    let socket = socket(family, Int32(type.rawValue), 0)
    var yes: Int32 = 1
    unsafe setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, 4)
    let bound = unsafe address.withUnsafeBytes { raw in
      unsafe bind(socket, raw.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
    }
    guard bound == 0 else {
      print("note: no canary for \(name)")
      return
    }
    let isStream = type == SOCK_STREAM
    if isStream { Glibc.listen(socket, 5) }
    Thread.detachNewThread { [self] in
      while true {
        var byte: UInt8 = 0
        let got = unsafe isStream ? Int(accept(socket, nil, nil)) : recv(socket, &byte, 1, 0)
        guard got >= 0 else { return }
        reached.withLock { $0.append(name) }
        if isStream { close(Int32(got)) }
      }
    }
  }
}
