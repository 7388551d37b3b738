import Testing
@testable import MathVerification
@Test func stub() {}
