import FoundationEssentials
import Glibc

/// The cores this thread may run on, as the kernel writes them: `0-1`.
func allowedCores() -> String {
  let status = (try? String(contentsOfFile: "/proc/thread-self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
  return line?.split(separator: "\t").last.map { String($0) } ?? "unknown"
}

/// The descriptors above 2 that are open here.
func ownDescriptors() -> [String] {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
  return names.filter { !["0", "1", "2"].contains($0) }
}

/// The descriptors above 2 that a child process finds open, without that of its own listing.
func descriptorsOfChild() throws -> [String] {
  guard let pipe = unsafe popen("ls /proc/self/fd", "re") else { throw Wrong("popen failed") }
  defer { unsafe pclose(pipe) }
  var buffer = [UInt8](repeating: 0, count: 4096)
  let count = unsafe fread(&buffer, 1, buffer.count, pipe)
  let names = String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n").map { String($0) }
  guard names.contains("0") else { throw Wrong("the child listed nothing") }
  // `ls` itself holds the lowest free descriptor, 3, open on the directory it lists.
  return names.filter { !["0", "1", "2", "3"].contains($0) }
}
