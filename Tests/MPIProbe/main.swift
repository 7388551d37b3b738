import Glibc
import MessagePassing

// A small program for MessagePassingTests: `mpi-probe CASE [ARGUMENT]`, started by mpirun. Every process that
// finds what it expects prints `ok`; one that does not says why and ends the job.

let arguments = CommandLine.arguments.dropFirst()
let name = arguments.first ?? "hello"
let argument = arguments.dropFirst().first.flatMap { Int($0) } ?? 0

do {
  guard case .ranks(_, let expected) = try Launch.detect() else {
    print("alone")
    exit(0)
  }
  let cores = allowedCores()
  let world = try MPIWorld.initialize(expected: name == "expected" ? 99 : expected)
  guard let probe = cases[name] else { throw Wrong("there is no case \(name)") }
  if name == "cores" { print("before \(cores) after \(allowedCores())") }
  try probe(world, argument)
  try world.finalize()
  print("ok")
} catch {
  print("failed: \(error)")
  MPIWorld.abort(exitCode: 9)
}
