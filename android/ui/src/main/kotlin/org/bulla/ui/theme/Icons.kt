package org.bulla.ui.theme

import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.SolidColor
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.graphics.StrokeJoin
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.graphics.vector.addPathNodes
import androidx.compose.ui.unit.dp

/** The icons of the app: one pen of 1.8 on a grid of 24. */
object Icons {
    val Back = line("M15 5 8 12l7 7", mirrored = true)
    val Forward = line("M9 5l7 7-7 7", mirrored = true)
    val Close = line("M6 6l12 12M18 6 6 18")
    val Search = line("M11 4a7 7 0 1 1 0 14a7 7 0 0 1 0-14zM16.2 16.2 20.5 20.5")
    val Plus = line("M12 5v14M5 12h14")
    val Pencil = line("M4 20l1-4.5L16.2 4.3a1.6 1.6 0 0 1 2.3 0l1.2 1.2a1.6 1.6 0 0 1 0 2.3L8.5 19z")
    val Send = line("M4.5 12 3.5 4.5 21 12 3.5 19.5zM4.5 12H12", mirrored = true)
    val Check = line("M5 12.5l4.5 4.5L19 7.5")
    val Checks = line("M2.5 12.5 7 17 15.5 8M11.5 16.2l.8.8L21.5 8")
    val Clock = line("M12 3.5a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17zM12 7.5V12l3 2")
    val Warning = line("M12 4 21.5 20h-19zM12 10v4.5M12 17.2v.1")
    val Reply = line("M9.5 6 4 11.5 9.5 17M4.5 11.5H14a6 6 0 0 1 6 6V19", mirrored = true)
    val Copy = line("M9 9h10.5v11H9zM6 15.5H4.5V4H15v1.5")
    val Bin = line("M4.5 7h15M9.5 7V4.5h5V7M6.5 7l.9 13h9.2l.9-13M10.3 10.5v6M13.7 10.5v6")
    val Smile = line("M12 3.5a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17zM8.5 14a4.2 4.2 0 0 0 7 0M9 9.6v.1M15 9.6v.1")
    val Person = line("M12 4a4 4 0 1 1 0 8a4 4 0 0 1 0-8zM4.5 20.5c.6-3.8 3.5-6 7.5-6s6.9 2.2 7.5 6")
    val Group = line("M9 5a3.5 3.5 0 1 1 0 7a3.5 3.5 0 0 1 0-7zM2.5 19.5c.5-3.3 3-5 6.5-5s6 1.7 6.5 5M15.5 5.3a3.5 3.5 0 0 1 0 6.4M18 14.9c2 .7 3.2 2.2 3.5 4.6")
    val Gear = line(
        "M12 9a3 3 0 1 1 0 6a3 3 0 0 1 0-6z",
        "M10.3 3.5h3.4l.5 2.4 1.9 1.1 2.3-.8 1.7 3-1.8 1.6v2.4l1.8 1.6-1.7 3-2.3-.8-1.9 1.1-.5 2.4h-3.4l-.5-2.4-1.9-1.1-2.3.8-1.7-3 1.8-1.6v-2.4l-1.8-1.6 1.7-3 2.3.8 1.9-1.1z",
    )
    val Star = line("M12 4l2.5 5.2 5.7.8-4.1 4 1 5.6-5.1-2.7-5.1 2.7 1-5.6-4.1-4 5.7-.8z")
    val Mute = line("M6 17V11a6 6 0 0 1 9.5-4.9M18 10.5V17H7.5M10 20h4M4 4l16.5 16.5")
    val Bell = line("M6 17v-6a6 6 0 0 1 12 0v6zM4.5 17h15M10 20.3h4")
    val Lock = line("M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3")
    val Picture = line("M4 5h16v14H4zM4 16.5l4.5-4.5 4 4 3-3 4.5 4M9 9.3v.1")
    val Poll = line("M5 20V10M12 20V4M19 20v-7", pen = 2.4f)
    val Pin = line("M9 4h6l-1 6 3.5 3.5h-11L10 10zM12 13.5V20")
    val Thread = line("M4 5h16v11H11l-4.5 4v-4H4zM8 9h8M8 12h5")
    val Flag = line("M6 20.5V4h12l-2.5 4L18 12H6")
    val Horn = line("M4 10v4h3l9 4.5v-13L7 10zM19 9.5v5M8 14.5l1.5 5H12l-1-4")
    val Door = line("M6 20.5V4h9v16.5M4 20.5h16M12 12v.1M15 6h3.5v14.5")
    val Globe = line("M12 3.5a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17zM3.5 12h17M12 3.5c3 2.6 3.6 5.4 3.6 8.5s-.6 5.9-3.6 8.5c-3-2.6-3.6-5.4-3.6-8.5s.6-5.9 3.6-8.5z")
    val Link = line("M9.5 14.5l5-5M8 11.5l-2.6 2.6a3.5 3.5 0 0 0 5 5L13 16.5M16 12.5l2.6-2.6a3.5 3.5 0 0 0-5-5L11 7.5")
    val Unlock = line("M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 6.8-1.2")
    val Down = line("M12 5v14M6 13l6 6 6-6")
    val Leave = line("M10 4.5H5v15h5M10 12h10M16 8l4 4-4 4", mirrored = true)
    val Info = line("M12 3.5a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17zM12 11v5.5M12 7.8v.1")
    val Mail = line("M3.5 6h17v12.5h-17zM4 6.8l8 6.2 8-6.2")
    val Offline = line("M3 9.5a13 13 0 0 1 5-3M12 5.6c3.4 0 6.5 1.4 9 3.9M6.5 13.2a8 8 0 0 1 3-1.8M14.8 11.5a8 8 0 0 1 2.7 1.7M12 17.5v.1M4 3.5 20.5 20")
    val Refresh = line("M19 12a7 7 0 1 1-2.1-5M19.5 3.5v4.5H15")
    val Spot = line("M12 21c-4-5-6-8-6-11a6 6 0 0 1 12 0c0 3-2 6-6 11zM12 8a2 2 0 1 1 0 4a2 2 0 0 1 0-4z")
    val Eye = line("M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.3a2.7 2.7 0 1 1 0 5.4a2.7 2.7 0 0 1 0-5.4z")
    val EyeOff = line("M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM4.5 4l15 16")
    val File = line("M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5")
    val Talk = line("M4 5h16v11.5h-8.5L7 20.5v-4H4zM8 9.3h8M8 12.5h5")
    val More = line("M12 5.5v.1M12 12v.1M12 18.5v.1", pen = 2.6f)
    val Shield = line("M12 3.5 19 6v5.5c0 4.5-2.9 7.5-7 9-4.1-1.5-7-4.5-7-9V6z")
    val Share = line("M12 15V3.5M7.5 8 12 3.5 16.5 8M5 12.5v8h14v-8")

    val Play = line("M8 5l11 7-11 7z")
    val Pause = line("M8.5 5.5v13M15.5 5.5v13", pen = 2.6f)
    val Stop = line("M7 7h10v10H7z")
    val Mic = line("M12 3.5a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0v-5a3 3 0 0 1 3-3zM6 11a6 6 0 0 0 12 0M12 17v3.5M8.5 20.5h7")
    val Save = line("M12 4v11M7 10.5l5 5 5-5M5 19.5h14")
    val Film = line("M4 6h16v12H4zM10 9.3l4.6 2.7-4.6 2.7z")
    val Sound = line("M4.5 10v4M8.5 7v10M12.5 4.5v15M16.5 8v8M20 10.8v2.4")
    val Larger = line("M11 4a7 7 0 1 1 0 14a7 7 0 0 1 0-14zM16.2 16.2 20.5 20.5M11 8v6M8 11h6")
    val Smaller = line("M11 4a7 7 0 1 1 0 14a7 7 0 0 1 0-14zM16.2 16.2 20.5 20.5M8 11h6")
    val Storage = line("M4 5h16v6H4zM4 13h16v6H4zM7.5 8v.1M7.5 16v.1")
    val Timer = line("M12 6a7.3 7.3 0 1 1 0 14.6a7.3 7.3 0 0 1 0-14.6zM12 9.5v4l2.6 1.6M9.5 3.2h5")
    val Once = line("M12 3.5a8.5 8.5 0 1 1 0 17a8.5 8.5 0 0 1 0-17zM10.3 9.2l2.2-1.5v8.6M10.3 16.3h4.4")

    private fun line(vararg paths: String, mirrored: Boolean = false, pen: Float = 1.8f): ImageVector =
        ImageVector.Builder(defaultWidth = 24.dp, defaultHeight = 24.dp, viewportWidth = 24f, viewportHeight = 24f, autoMirror = mirrored).apply {
            for (path in paths) {
                addPath(
                    addPathNodes(path),
                    stroke = SolidColor(Color.Black),
                    strokeLineWidth = pen,
                    strokeLineCap = StrokeCap.Round,
                    strokeLineJoin = StrokeJoin.Round,
                )
            }
        }.build()
}
