package org.bulla.desktop

import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.ui.Alignment
import androidx.compose.ui.graphics.toComposeImageBitmap
import androidx.compose.ui.text.font.FontFamily
import androidx.compose.ui.text.font.FontWeight
import androidx.compose.ui.text.platform.Font
import androidx.compose.ui.unit.DpSize
import androidx.compose.ui.unit.dp
import androidx.compose.ui.window.Window
import androidx.compose.ui.window.WindowPosition
import androidx.compose.ui.window.application
import androidx.compose.ui.window.rememberWindowState
import java.nio.file.Files
import java.nio.file.Path
import java.nio.file.attribute.PosixFilePermissions
import kotlin.system.exitProcess
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeoutOrNull
import org.bulla.Bulla
import org.bulla.model.Config
import org.bulla.ui.model.AppModel
import org.bulla.ui.screen.BullaApp
import org.bulla.ui.screen.LocalShell
import org.bulla.ui.screen.Shell
import org.bulla.ui.screen.Shortcuts
import org.bulla.ui.theme.Brand
import org.bulla.ui.theme.wordsOf
import org.jetbrains.skia.Image

private const val USAGE = "[--folder FOLDER] [--name NAME] [--colour RRGGBB] [--trust FILE] [--server URL [--user USER]] [--left | --right] [LINK]"

/** What the command line says. */
private class Options(arguments: Array<String>) {
    var folder: Path = home()
    var name = Brand.BULLA.name
    var colour = Brand.BULLA.color
    /** What a deployment gives its people: see [TrustFile]. */
    var trust: Path? = System.getenv(TrustFile.VARIABLE)?.let(Path::of)
    var server = ""
    var user = ""
    var place: Alignment = Alignment.Center
    var link: String? = null

    init {
        val rest = arguments.iterator()
        fun value(): String = if (rest.hasNext()) rest.next() else refuse()
        while (rest.hasNext()) {
            when (val argument = rest.next()) {
                "--folder" -> folder = Path.of(value())
                "--name" -> name = value()
                "--colour" -> colour = value().toIntOrNull(16) ?: refuse()
                "--trust" -> trust = Path.of(value())
                "--server" -> server = value()
                "--user" -> user = value()
                "--left" -> place = Alignment.CenterStart
                "--right" -> place = Alignment.CenterEnd
                else -> if (argument.startsWith("--")) refuse() else link = argument
            }
        }
    }

    private fun refuse(): Nothing {
        System.err.println(USAGE)
        exitProcess(2)
    }

    private fun home(): Path {
        val base = System.getenv("XDG_DATA_HOME")?.let(Path::of) ?: Path.of(System.getProperty("user.home"), ".local", "share")
        return base.resolve("bulla")
    }
}

/** The font of the app, wherever it runs on a desktop. */
private val INTER = FontFamily(
    Font("org/bulla/ui/theme/Inter-Regular.otf", FontWeight.Normal),
    Font("org/bulla/ui/theme/Inter-Regular.otf", FontWeight.Medium),
    Font("org/bulla/ui/theme/Inter-SemiBold.otf", FontWeight.SemiBold),
)

private val SHELL = Shell(decode = { png -> Image.makeFromEncoded(png).use { it.toComposeImageBitmap() } })

/** Fills the sign-in in; with the password of a demo, goes through it. */
private fun signIn(app: AppModel, options: Options) {
    app.signIn().setServer(options.server)
    app.signIn().setUser(options.user)
    val password = System.getenv("BULLA_DEMO_PASSWORD") ?: return
    app.signIn().setPassword(password)
    app.signIn().submit()
}

fun main(arguments: Array<String>) {
    val options = Options(arguments)
    val accounts = options.folder.resolve("accounts")
    Files.createDirectories(accounts, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
    val keys = Keys.of(options.folder)
    val bulla = Bulla(Config("$accounts", "${options.name}, ${System.getProperty("os.name")}", options.trust?.let(TrustFile::read)), keys.store)
    val settings = SettingsFile(options.folder.resolve("settings.properties"))
    val browser = DesktopBrowser(options.name, { wordsOf(settings.load().language).browserBack(options.name) })
    val app = AppModel(bulla, CoroutineScope(SupervisorJob() + Dispatchers.Main), settings, browser, PictureFile, pictures = PortraitFile, exports = ExportFile, files = ChosenFiles, sound = DesktopSound())
    app.start()
    if (options.server.isNotEmpty()) signIn(app, options)
    options.link?.let(app::openLink)
    val shortcuts = Shortcuts(app)
    application {
        val size = if (options.place == Alignment.Center) DpSize(1180.dp, 800.dp) else DpSize(640.dp, 800.dp)
        val window = rememberWindowState(position = WindowPosition(options.place), size = size)
        LaunchedEffect(window) { tellTheLock(window, app) }
        Window(::exitApplication, window, title = options.name, onKeyEvent = shortcuts::onKey) {
            CompositionLocalProvider(LocalShell provides SHELL) {
                BullaApp(app, Brand(options.name, options.colour), INTER, notes = { words -> listOf(keys.note(words)) }, shortcuts = shortcuts)
            }
        }
    }
    runBlocking { withTimeoutOrNull(5_000) { app.close() } }
    exitProcess(0)
}
