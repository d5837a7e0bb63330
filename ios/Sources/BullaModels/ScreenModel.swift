/// What holds a screen's state. It is closed when its screen leaves the way: what it follows ends, what it opened is freed.
@MainActor
public protocol ScreenModel: AnyObject {
    func close()
}

/// The models of the screens on the way, each made when first shown and closed when its screen is left.
@MainActor
final class ScreenModels<Key: Hashable> {
    private var held: [Key: any ScreenModel] = [:]

    func of<Model: ScreenModel>(_ key: Key, _ make: () -> Model) -> Model {
        if let model = held[key] as? Model { return model }
        let model = make()
        held[key] = model
        return model
    }

    /// Closes every model whose key `stays` does not want.
    func keep(_ stays: (Key) -> Bool) {
        for key in held.keys.filter({ !stays($0) }) {
            held.removeValue(forKey: key)?.close()
        }
    }
}
