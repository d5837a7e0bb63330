//! A `Debug` that names the type and nothing else.

/// Implements `Debug` for types that hold personal data or content.
macro_rules! opaque {
    ($($name:ident),+ $(,)?) => {
        $(impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        })+
    };
}

pub(crate) use opaque;
