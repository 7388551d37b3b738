import Foundation
import Sandbox
import Testing

@Test func first() throws {
  let sandbox = try Sandbox(.test())
  print(sandbox.tier, sandbox.obstacles)
  let add = CodeTask.function(
    entryPoint: "add", tests: [FunctionTest(arguments: [.integer(2), .integer(3)], expected: .integer(5))])
  for _ in 0..<5 {
    let clock = ContinuousClock()
    let time = clock.measure { print(sandbox.evaluate("def add(a,b):\n  return a+b", for: add)) }
    print(time)
  }
  print(sandbox.evaluate("def add(a,b):\n  return a-b", for: add))
  print(sandbox.evaluate("def add(a,b):\n  while 1: pass", for: add))
  print(sandbox.evaluate("def add(a,b)\n", for: add))
  let mbpp = CodeTask.mbpp(setup: "", tests: ["assert add(2,3)==5", "assert add(-1,1)==0", "assert add(10**30,1)==10**30+1"])
  for _ in 0..<3 {
  let clock = ContinuousClock()
  let time = clock.measure {print(sandbox.evaluate("def add(a,b): return a+b", for: mbpp))}
    print(time)
  }
  let stream = CodeTask.standardStreams([StreamTest(input: "2 3\n", expected: "5")])
  print(sandbox.evaluate("print(sum(map(int,input().split())))", for: stream))
}
