import Foundation
import Testing

@testable import Kernels

@Suite("Notes of full checks of the row law")
struct CertificateNotesTests {
  private let directory = NSTemporaryDirectory() + "notes-" + UUID().uuidString
  private let shapes = [[24, 40], [40, 24]]

  private func certify(
    _ notes: CertificateNotes, _ precision: Precision = .fp32, shapes: [[Int]]? = nil
  ) throws -> Certification.Depth {
    let shapes = shapes ?? self.shapes
    return try Certification.certify(
      .micro, precision: precision, shapes: shapes, notes: notes,
      subject: notes.subject(.micro, precision, shapes))
  }

  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory).map { directory + "/" + $0 }
  }

  private func remove() { try? FileManager.default.removeItem(atPath: directory) }

  @Test("the first check is full, later ones of the same products are brief")
  func remembers() throws {
    defer { remove() }
    let notes = CertificateNotes(program: "test 1", directory: directory + "/below")
    #expect(try certify(notes) == .full)
    #expect(try certify(notes) == .brief)
    #expect(try certify(notes, shapes: shapes.reversed() + shapes) == .brief)
  }

  @Test("another program, precision or shape is checked in full")
  func tellsApart() throws {
    defer { remove() }
    let notes = CertificateNotes(program: "test 1", directory: directory)
    #expect(try certify(notes) == .full)
    #expect(try certify(CertificateNotes(program: "test 2", directory: directory)) == .full)
    #expect(try certify(notes, .bf16) == .full)
    #expect(try certify(notes, shapes: [[24, 41]]) == .full)
    #expect(try certify(notes, shapes: [[24, 40]]) == .full)
    #expect(try files().count == 5)
  }

  @Test(
    "a damaged note is none, and is written again",
    arguments: [Data(), Data("The row law was checked in full.\n".utf8), Data(repeating: 0xff, count: 4000)])
  func ignoresDamage(content: Data) throws {
    defer { remove() }
    let notes = CertificateNotes(program: "test 1", directory: directory)
    #expect(try certify(notes) == .full)
    try content.write(to: URL(filePath: try #require(files().first)))
    #expect(try certify(notes) == .full)
    #expect(try certify(notes) == .brief)
  }

  @Test("where nothing can be written every check is full")
  func survivesUnwritable() throws {
    defer { remove() }
    // A file where the folder would be.
    try Data().write(to: URL(filePath: directory))
    let notes = CertificateNotes(program: "test 1", directory: directory)
    #expect(try certify(notes) == .full)
    #expect(try certify(notes) == .full)
  }

  @Test("a process asks once, and always without notes")
  func onceInProcess() throws {
    defer { remove() }
    let notes = CertificateNotes(program: "once", directory: directory)
    #expect(try Certification.certify(.micro, shapes: [[8, 9]], notes: notes) == .full)
    #expect(try Certification.certify(.micro, shapes: [[8, 9]], notes: notes) == .none)
    #expect(try Certification.certify(.micro, shapes: [[8, 9]], notes: nil) == .full)
  }

  @Test(
    "notes lie in the user's cache",
    arguments: [
      (["PRORL_CACHE_DIR": "/a", "XDG_CACHE_HOME": "/b", "HOME": "/c"], "/a"),
      (["XDG_CACHE_HOME": "/b", "HOME": "/c"], "/b/prorl"),
      (["XDG_CACHE_HOME": "relative", "HOME": "/c"], "/c/.cache/prorl"),
      (["HOME": "/c"], "/c/.cache/prorl"),
      (["PRORL_CACHE_DIR": "", "HOME": "/c"], nil),
      ([:], nil),
    ] as [([String: String], String?)])
  func placesNotes(environment: [String: String], expected: String?) {
    #expect(
      CertificateNotes.inCache(program: "p", environment: environment)?.directory == expected)
  }
}
