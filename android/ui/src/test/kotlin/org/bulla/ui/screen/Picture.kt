package org.bulla.ui.screen

import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.ui.ExperimentalComposeUiApi
import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.InternalComposeUiApi
import androidx.compose.ui.LocalSystemTheme
import androidx.compose.ui.SystemTheme
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.graphics.toComposeImageBitmap
import androidx.compose.ui.input.pointer.PointerEventType
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.platform.Font
import androidx.compose.ui.unit.Density
import java.io.File
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import org.bulla.ui.Person
import org.bulla.ui.theme.BullaTheme
import org.jetbrains.skia.Bitmap
import org.jetbrains.skia.Image
import org.junit.jupiter.api.Assertions.assertTrue

/** The font of the app, as the desktop has it. */
val INTER = FontFamily(
    Font("org/bulla/ui/theme/Inter-Regular.otf", FontWeight.Normal),
    Font("org/bulla/ui/theme/Inter-Regular.otf", FontWeight.Medium),
    Font("org/bulla/ui/theme/Inter-SemiBold.otf", FontWeight.SemiBold),
)

/** What the desktop's shell makes of a PNG. */
val DRAWING = Shell(decode = { png -> Image.makeFromEncoded(png).use { it.toComposeImageBitmap() } })

/** A screen's size in dp, and how dense its picture is. */
data class Device(val name: String, val width: Int, val height: Int, val density: Float = 1f)

val SMALL_PHONE = Device("360", 360, 800)
val PHONE = Device("411", 411, 891)
val TABLET = Device("tablet", 1280, 800)

/** So tall that nothing has to scroll. */
val TALL = Device("tall", 411, 2400)

/** A screen that is drawn without a display. Time goes on a frame at a time, and only when asked. */
@OptIn(ExperimentalComposeUiApi::class, InternalComposeUiApi::class)
class Canvas(private val device: Device, content: @Composable () -> Unit) : AutoCloseable {
    private val scene = ImageComposeScene((device.width * device.density).toInt(), (device.height * device.density).toInt(), Density(device.density)) {
        CompositionLocalProvider(LocalSystemTheme provides SystemTheme.Light, content = content)
    }
    private var now = 0L

    /** Draws on until [enough] and as long as [atLeast], with a deadline, and then until whatever moves has come to rest. */
    fun settle(atLeast: Duration = Duration.ZERO, enough: () -> Boolean = { true }): Canvas {
        val begun = System.nanoTime()
        while (!enough() || System.nanoTime() - begun < atLeast.inWholeNanoseconds) {
            check(System.nanoTime() - begun < 60_000_000_000) { "the screen did not come to what was waited for" }
            frame()
            Thread.sleep(2)
        }
        repeat(60) { frame() }
        return this
    }

    fun frame(): Image {
        now += 16_666_667
        return scene.render(now)
    }

    fun press(x: Int, y: Int) {
        val at = Offset(x * device.density, y * device.density)
        scene.sendPointerEvent(PointerEventType.Press, at)
        frame()
        scene.sendPointerEvent(PointerEventType.Release, at)
        frame()
    }

    fun save(file: File) {
        file.parentFile.mkdirs()
        file.writeBytes(checkNotNull(frame().encodeToData()).bytes)
    }

    fun pixels(): IntArray = frame().pixels()

    override fun close() = scene.close()
}

/** What this person has before them, with [over] on it. */
internal fun Person.shows(look: Look, over: @Composable () -> Unit): @Composable () -> Unit = {
    CompositionLocalProvider(LocalShell provides DRAWING) { BullaApp(app, BRAND, INTER) }
    BullaTheme(look.settings, BRAND, INTER) { over() }
}

/** Draws this person's screen as it is now to the folder of pictures. */
internal fun Person.draw(name: String, device: Device = PHONE, look: Look = FRENCH, over: @Composable () -> Unit = {}) {
    val before = app.state.value.settings
    app.set(look.settings)
    Canvas(device, shows(look, over)).use { canvas ->
        // Pictures come some moments after the rows that they stand in.
        canvas.settle(1_500.milliseconds)
        val file = File(System.getProperty("bulla.pictures"), listOf(name, device.name, look.name).joinToString("-") + ".png")
        canvas.save(file)
        assertTrue(canvas.pixels().toSet().size > 20, "${file.name} is blank")
    }
    app.set(before)
}

/** A picture's pixels as ARGB. */
fun Image.pixels(): IntArray {
    val bitmap = Bitmap.makeFromImage(this)
    return IntArray(width * height) { bitmap.getColor(it % width, it / width) }
}
