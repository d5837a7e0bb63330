package org.bulla.app

import android.Manifest
import android.app.Activity
import android.app.UiModeManager
import android.content.Context
import android.content.Intent
import android.graphics.BitmapFactory
import android.os.Build
import androidx.activity.compose.rememberLauncherForActivityResult
import androidx.activity.result.contract.ActivityResultContracts
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.safeDrawingPadding
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Surface
import androidx.compose.runtime.Composable
import androidx.compose.runtime.CompositionLocalProvider
import androidx.compose.runtime.LaunchedEffect
import androidx.compose.runtime.SideEffect
import androidx.compose.runtime.getValue
import androidx.compose.runtime.remember
import androidx.compose.ui.Modifier
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.graphics.asImageBitmap
import androidx.compose.ui.graphics.luminance
import androidx.compose.ui.text.font.FontFamily
import androidx.core.view.WindowCompat
import androidx.lifecycle.compose.collectAsStateWithLifecycle
import org.bulla.ui.model.AppState
import org.bulla.ui.screen.BullaApp
import org.bulla.ui.screen.LocalShell
import org.bulla.ui.screen.Notice
import org.bulla.ui.screen.Shell
import org.bulla.ui.screen.Tone
import org.bulla.ui.theme.Brand
import org.bulla.ui.theme.BullaTheme
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords

/** The screens, between the bars of the system, with what this phone adds to them. */
@Composable
fun Screens(activity: Activity, app: AppProcess, state: AppState) {
    val brand = remember { Brand(activity.getString(R.string.app_name), activity.getColor(R.color.brand) and 0xFFFFFF) }
    val contrast = remember { activity.wantsContrast() }
    val shell = remember { Shell(activity::shareOut, { ScreenshotSetting(app.preferences) }, ::decoded) }
    val shared by app.shared.collectAsStateWithLifecycle()
    if (state.current != null) AskForNotifications()
    BullaTheme(state.settings, brand, FontFamily.Default, contrast) {
        val background = MaterialTheme.colorScheme.background
        SideEffect {
            val bars = WindowCompat.getInsetsController(activity.window, activity.window.decorView)
            bars.isAppearanceLightStatusBars = background.luminance() > 0.5f
            bars.isAppearanceLightNavigationBars = background.luminance() > 0.5f
        }
        Surface(Modifier.fillMaxSize(), color = background) {
            Column(Modifier.safeDrawingPadding()) {
                if (shared != null) Notice(LocalWords.current.shareChoose, Tone.INFO, Icons.Share, onClose = { app.shared.value = null })
                Box(Modifier.weight(1f)) {
                    CompositionLocalProvider(LocalShell provides shell) { BullaApp(app.model, brand, contrast = contrast) }
                }
            }
        }
    }
}

/** Once someone is signed in there is something to be told of. Whoever says no is not asked again: the system sees to it. */
@Composable
private fun AskForNotifications() {
    if (Build.VERSION.SDK_INT < Build.VERSION_CODES.TIRAMISU) return
    val ask = rememberLauncherForActivityResult(ActivityResultContracts.RequestPermission()) {}
    LaunchedEffect(Unit) { ask.launch(Manifest.permission.POST_NOTIFICATIONS) }
}

private fun decoded(png: ByteArray): ImageBitmap? = BitmapFactory.decodeByteArray(png, 0, png.size)?.asImageBitmap()

/** Lets the person choose another app for [text]. */
private fun Activity.shareOut(text: String) =
    startActivity(Intent.createChooser(Intent(Intent.ACTION_SEND).setType("text/plain").putExtra(Intent.EXTRA_TEXT, text), null))

private fun Context.wantsContrast() =
    Build.VERSION.SDK_INT >= Build.VERSION_CODES.UPSIDE_DOWN_CAKE && (getSystemService(UiModeManager::class.java)?.contrast ?: 0f) > 0f
