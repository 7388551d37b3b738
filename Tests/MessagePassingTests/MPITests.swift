import Foundation
import Testing

/// What holds when processes talk over MPI; each test starts `mpi-probe` under mpirun.
@Suite(.serialized)
struct MPITests {
  @Test("every process learns its rank, and how many share its machine", arguments: [1, 2, 4])
  func hello(processes: Int) throws {
    let run = try mpirun(processes, "hello")
    for rank in 0..<processes {
      #expect(
        run.lines.contains("rank \(rank) of \(processes), local \(rank) of \(processes)"), "\(run.text)")
    }
    #expect(run.okays == processes)
    #expect(run.exitCode == 0)
  }

  @Test("without a launcher a process is alone, and MPI is not initialised")
  func alone() throws {
    #expect(try runAlone("hello").lines == ["alone"])
  }

  @Test(
    "messages of every size arrive whole and in order, whoever shares a process",
    arguments: ["split", "colocated", "mixed"], [1, 2, 4])
  func messages(map: String, processes: Int) throws {
    try expectOkay(mpirun(processes, map), processes)
  }

  @Test("messages above the largest piece travel in pieces", arguments: [500, 3000])
  func pieces(limit: Int) throws {
    try expectOkay(mpirun(2, "mixed", "\(limit)"), 2)
  }

  @Test(
    "80 MB both ways at once, flushed before either side looks, arrive",
    arguments: [[], ["--mca", "btl", "self,tcp"]])
  func large(transport: [String]) throws {
    try expectOkay(mpirun(2, "large", "80000000", options: ["--oversubscribe"] + transport), 2)
  }

  @Test("messages over TCP arrive whole and in order")
  func overTCP() throws {
    try expectOkay(mpirun(2, "colocated", options: ["--oversubscribe", "--mca", "btl", "self,tcp"]), 2)
  }

  @Test("two sets of links do not hear each other", arguments: [1, 2])
  func heartbeat(processes: Int) throws {
    try expectOkay(mpirun(processes, "heartbeat"), processes)
  }

  @Test(
    "sums, broadcasts and gathers agree with arithmetic",
    arguments: ["sum", "sumKeeping", "broadcast", "gather"], [1, 2, 4])
  func collectives(name: String, processes: Int) throws {
    try expectOkay(mpirun(processes, name), processes)
  }

  @Test("ranks follow the order in which members are named", arguments: [2, 4])
  func subset(processes: Int) throws {
    try expectOkay(mpirun(processes, "subset"), processes)
  }

  @Test(
    "ranks that disagree all learn it in a sentence, and the next call works",
    arguments: [
      ("countMismatch", "rank 0: sum was called with 5 elements, rank 1 has 7."),
      (
        "keepingMismatch",
        "rank 0: sum that leaves each member its part was called with 5 elements, rank 1 has 7."
      ),
      ("callMismatch", "rank 0 is in gather while rank 1 is in barrier."),
      ("rootMismatch", "rank 1 is in broadcast of bytes from member 1 while rank 0 is in broadcast"),
    ])
  func disagreement(name: String, sentence: String) throws {
    let run = try mpirun(2, name)
    #expect(run.okays == 2, "\(run.text)")
    #expect(run.errors.count == 2)
    #expect(run.errors.contains { $0.hasPrefix(sentence) }, "\(run.text)")
  }

  @Test("a placement that does not fit is refused before anything is made")
  func placement() throws {
    let run = try mpirun(1, "placement")
    #expect(run.okays == 1, "\(run.text)")
    #expect(run.errors.count == 4)
    #expect(run.errors.first?.contains("processes 0…1, and 1 were started") == true)
  }

  @Test("a launcher that MPI does not know is found out")
  func expected() throws {
    let run = try mpirun(1, "expected")
    #expect(run.exitCode == 9)
    #expect(run.text.contains("the launcher started 99 processes, and MPI sees 1"), "\(run.text)")
  }

  @Test("a rank that waits leaves its core to others")
  func waiting() throws {
    let run = try mpirun(4, "waiting", "1000")
    let shares = run.lines.compactMap { line in
      line.hasPrefix("share ") ? Int(line.split(separator: " ")[1]) : nil
    }
    #expect(shares.count == 4, "\(run.text)")
    // About 2 % as a rule; MPI's own waits would use 100 %.
    #expect(shares.allSatisfy { $0 < 250 }, "permille of a core: \(shares)")
  }

  @Test("a child process inherits none of MPI's descriptors")
  func children() throws {
    let run = try mpirun(2, "children")
    #expect(run.okays == 2, "\(run.text)")
    let lines = run.lines.filter { $0.hasPrefix("own ") }
    #expect(lines.count == 2)
    for line in lines {
      #expect(line.hasSuffix("inherited []"))
      #expect((Int(line.split(separator: " ")[1]) ?? 0) > 1, "MPI had no descriptors to inherit: \(line)")
    }
  }

  @Test("mpirun's default binding to one core is undone, one the user asked for stays")
  func cores() throws {
    let ours = try allowedCores()
    let run = try mpirun(1, "cores", options: [])
    #expect(run.lines.contains { $0.hasSuffix("after \(ours)") }, "\(run.text)")
    let bound = try mpirun(1, "cores", options: ["--bind-to", "core"])
    let words = bound.lines.first { $0.hasPrefix("before") }?.split(separator: " ") ?? []
    try #require(words.count == 4, "\(bound.text)")
    #expect(words[1] == words[3])
  }

  @Test(
    "one process that ends takes the job with it within seconds, and leaves nothing behind",
    arguments: [("abort", 7), ("exit", 3), ("throwing", 5)])
  func ending(name: String, code: Int) throws {
    let token = "token-\(UInt64.random(in: .min ... .max))"
    let run = try mpirun(4, name, "\(code)", token)
    #expect(run.exitCode == Int32(code), "\(run.text)")
    #expect(run.okays == 0)
    #expect(run.seconds < 30)
    let deadline = Date() + 10
    while isRunning(token), Date() < deadline { usleep(100_000) }
    #expect(!isRunning(token))
  }

  private func expectOkay(_ run: @autoclosure () throws -> ProbeRun, _ processes: Int) throws {
    let run = try run()
    #expect(run.exitCode == 0, "\(run.text)")
    #expect(run.okays == processes, "\(run.text)")
  }

  private func allowedCores() throws -> String {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
    return String(try #require(line?.split(separator: "\t").last))
  }
}
