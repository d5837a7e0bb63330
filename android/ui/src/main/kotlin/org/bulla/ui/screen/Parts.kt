package org.bulla.ui.screen

import androidx.compose.foundation.Image
import androidx.compose.runtime.key
import androidx.compose.runtime.produceState
import androidx.compose.runtime.staticCompositionLocalOf
import androidx.compose.ui.graphics.ImageBitmap
import androidx.compose.ui.layout.ContentScale
import org.bulla.model.MediaUri
import org.bulla.ui.model.Portraits
import org.bulla.ui.words.oneLine
import androidx.compose.ui.platform.LocalUriHandler
import androidx.compose.foundation.text.selection.SelectionContainer
import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.RowScope
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.heightIn
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.CircleShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.AlertDialog
import androidx.compose.material3.Button
import androidx.compose.material3.HorizontalDivider
import androidx.compose.material3.Icon
import androidx.compose.material3.IconButton
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.material3.TextButton
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.vector.ImageVector
import androidx.compose.ui.platform.LocalDensity
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.clearAndSetSemantics
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.text.style.TextOverflow
import androidx.compose.ui.unit.Dp
import androidx.compose.ui.unit.dp
import androidx.compose.ui.unit.sp
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalPalette
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.theme.color

/** The head of a screen: the way back, a heading, what can be done. It grows with the text. */
@Composable
internal fun TopBar(title: String, onBack: (() -> Unit)?, actions: @Composable RowScope.() -> Unit = {}) {
    Column {
        Row(
            Modifier.fillMaxWidth().heightIn(min = 64.dp).padding(horizontal = 4.dp, vertical = 6.dp),
            verticalAlignment = Alignment.CenterVertically,
        ) {
            if (onBack != null) IconAction(Icons.Back, LocalWords.current.back, onBack) else Spacer(Modifier.size(12.dp))
            Text(
                title,
                Modifier.weight(1f).padding(horizontal = 4.dp).semantics { heading() },
                style = MaterialTheme.typography.titleLarge,
                maxLines = lines() + 1,
                overflow = TextOverflow.Ellipsis,
            )
            actions()
        }
        HorizontalDivider(color = MaterialTheme.colorScheme.outlineVariant)
    }
}

/** A button that is an icon: 48 dp, with its name for whoever does not see it. */
@Composable
internal fun IconAction(
    icon: ImageVector,
    label: String,
    onClick: () -> Unit,
    modifier: Modifier = Modifier,
    enabled: Boolean = true,
    tint: Color = MaterialTheme.colorScheme.onSurface,
) {
    IconButton(onClick, modifier.size(48.dp), enabled) {
        Icon(icon, label, tint = if (enabled) tint else tint.copy(alpha = 0.38f))
    }
}

/** The pictures of people and rooms that the current account sees; none where the shell draws none. */
internal val LocalPortraits = staticCompositionLocalOf<Portraits<ImageBitmap>?> { null }

/**
 * Someone's or a conversation's [picture], or else initials on a disc whose colour comes from the id. Decoration: the name stands beside it.
 */
@Composable
internal fun Avatar(id: String, name: String, size: Dp, picture: MediaUri? = null, group: Boolean = false) {
    val (disc, ink) = LocalPalette.current.disc(id)
    val letters = initials(name)
    Box(Modifier.size(size).clip(CircleShape).background(color(disc)).clearAndSetSemantics {}, Alignment.Center) {
        if (letters.isEmpty()) {
            Icon(if (group) Icons.Group else Icons.Person, null, Modifier.size(size * 0.55f), color(ink))
        } else {
            // The disc does not grow with the text, so its letters do not either.
            val scale = LocalDensity.current.fontScale
            Text(letters, color = color(ink), style = MaterialTheme.typography.titleMedium, fontSize = (size.value * 0.38f / scale).sp, maxLines = 1)
        }
        picture?.let { portrait(it, size) }?.let { Image(it, null, Modifier.matchParentSize(), contentScale = ContentScale.Crop) }
    }
}

/** What is in memory is there at once. Two sizes are enough for every place. */
@Composable
private fun portrait(uri: MediaUri, size: Dp): ImageBitmap? {
    val portraits = LocalPortraits.current ?: return null
    val side = if (with(LocalDensity.current) { size.toPx() } <= 96) 96u else 320u
    return key(portraits, uri, side) {
        produceState(portraits.at(uri, side)) { if (value == null) value = portraits.portrait(uri, side) }.value
    }
}

private fun initials(name: String): String {
    val words = name.split(' ', '-', '.', '_', '’').filter { it.isNotEmpty() && it.codePointAt(0).let(Character::isLetterOrDigit) }
    return listOfNotNull(words.firstOrNull(), words.drop(1).lastOrNull())
        .joinToString("") { String(Character.toChars(Character.toUpperCase(it.codePointAt(0)))) }
}

/** Whether the text is so large that lines need more room. */
@Composable
internal fun isLarge(): Boolean = LocalDensity.current.fontScale >= 1.5f

/** How many lines a name or a preview may take: large text needs two for what small text says in one. */
@Composable
internal fun lines(): Int = if (isLarge()) 2 else 1

enum class Tone { INFO, DANGER }

/** A strip that says how things stand, with what can be done. Screen readers are told when it comes. */
@Composable
fun Notice(text: String, tone: Tone, icon: ImageVector, action: String? = null, onAction: () -> Unit = {}, onClose: (() -> Unit)? = null) {
    val colors = MaterialTheme.colorScheme
    val (back, ink) = if (tone == Tone.DANGER) colors.errorContainer to colors.onErrorContainer else colors.secondaryContainer to colors.onSecondaryContainer
    Row(
        Modifier.fillMaxWidth().background(back).heightIn(min = 48.dp).padding(start = 16.dp, end = 4.dp),
        Arrangement.spacedBy(12.dp),
        Alignment.CenterVertically,
    ) {
        Icon(icon, null, Modifier.size(20.dp), ink)
        Text(
            text,
            Modifier.weight(1f).padding(vertical = 10.dp).semantics { liveRegion = if (tone == Tone.DANGER) LiveRegionMode.Assertive else LiveRegionMode.Polite },
            color = ink,
            style = MaterialTheme.typography.bodyMedium,
        )
        if (action != null) TextButton(onAction, Modifier.heightIn(min = 48.dp)) { Text(action, color = ink, style = MaterialTheme.typography.labelLarge) }
        if (onClose != null) IconAction(Icons.Close, LocalWords.current.close, onClose, tint = ink)
    }
}

/** Nothing to show: what would be here, and how to get it. */
@Composable
internal fun Empty(icon: ImageVector, title: String, hint: String, modifier: Modifier = Modifier, action: String? = null, onAction: () -> Unit = {}) {
    Column(
        modifier.fillMaxSize().verticalScroll(rememberScrollState()).padding(32.dp),
        Arrangement.Center,
        Alignment.CenterHorizontally,
    ) {
        Box(Modifier.size(72.dp).clip(CircleShape).background(MaterialTheme.colorScheme.secondaryContainer), Alignment.Center) {
            Icon(icon, null, Modifier.size(34.dp), MaterialTheme.colorScheme.primary)
        }
        Spacer(Modifier.size(20.dp))
        Text(title, style = MaterialTheme.typography.titleLarge, textAlign = TextAlign.Center)
        Spacer(Modifier.size(8.dp))
        Text(
            hint,
            Modifier.widthIn(max = 360.dp),
            style = MaterialTheme.typography.bodyLarge,
            color = MaterialTheme.colorScheme.onSurfaceVariant,
            textAlign = TextAlign.Center,
        )
        if (action != null) {
            Spacer(Modifier.size(24.dp))
            MainButton(action, onAction)
        }
    }
}

/** The one thing to do on a screen. */
@Composable
internal fun MainButton(text: String, onClick: () -> Unit, modifier: Modifier = Modifier, enabled: Boolean = true) {
    Button(onClick, modifier.heightIn(min = 52.dp), enabled) {
        Text(text, style = MaterialTheme.typography.labelLarge, textAlign = TextAlign.Center)
    }
}

/** Asks before what cannot be undone. */
@Composable
internal fun Ask(title: String, text: String, yes: String, onYes: () -> Unit, onNo: () -> Unit) {
    AlertDialog(
        onDismissRequest = onNo,
        title = { Text(title, style = MaterialTheme.typography.headlineSmall) },
        text = { Text(text, style = MaterialTheme.typography.bodyLarge) },
        confirmButton = {
            TextButton(onYes, Modifier.heightIn(min = 48.dp)) { Text(yes, color = MaterialTheme.colorScheme.error, style = MaterialTheme.typography.labelLarge) }
        },
        dismissButton = {
            TextButton(onNo, Modifier.heightIn(min = 48.dp)) { Text(LocalWords.current.cancel, style = MaterialTheme.typography.labelLarge) }
        },
        containerColor = MaterialTheme.colorScheme.surfaceContainer,
    )
}

/** A heading inside a screen. */
@Composable
internal fun Section(text: String) {
    Text(
        text,
        Modifier.fillMaxWidth().padding(start = 20.dp, end = 20.dp, top = 24.dp, bottom = 8.dp).semantics { heading() },
        style = MaterialTheme.typography.labelMedium,
        color = MaterialTheme.colorScheme.primary,
    )
}

/** A page of a service's, to be opened in the system's browser; its address stays, for where there is none. */
@Composable
internal fun Page(address: String, modifier: Modifier = Modifier.padding(horizontal = 20.dp), onOpen: () -> Unit = {}) {
    val browser = LocalUriHandler.current
    Column(modifier.fillMaxWidth(), Arrangement.spacedBy(8.dp)) {
        val open = {
            onOpen()
            runCatching { browser.openUri(address) }
        }
        MainButton(LocalWords.current.openPage, { open() }, Modifier.fillMaxWidth())
        SelectionContainer { Text(oneLine(address), style = MaterialTheme.typography.bodyMedium) }
    }
}
