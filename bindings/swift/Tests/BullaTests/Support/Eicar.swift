import Foundation

/// The test file of <https://www.eicar.org>, in two parts, so that no antivirus finds this source.
let eicar = Data((#"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTI"# + "VIRUS-TEST-FILE!$H+H*").utf8)
