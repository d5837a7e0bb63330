import Bulla
import Foundation

extension QrPicture {
    /// As a camera sees it, on a larger grey ground: so many pixels a row, and its pixels.
    func seen(scale: Int = 6) -> (width: UInt32, luma: Data) {
        let side = Int(width)
        let columns = side * scale + 50
        var luma = [UInt8](repeating: 210, count: columns * (side * scale + 40))
        for (at, module) in modules.enumerated() where module == 1 {
            let (left, top) = (30 + at % side * scale, 15 + at / side * scale)
            for row in top..<top + scale {
                for column in left..<left + scale { luma[row * columns + column] = 40 }
            }
        }
        return (UInt32(columns), Data(luma))
    }
}
