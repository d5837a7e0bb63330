package org.bulla.ui.screen

import androidx.compose.foundation.Canvas
import androidx.compose.foundation.gestures.detectTapGestures
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Row
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.height
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.material3.CircularProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.graphics.Color
import androidx.compose.ui.graphics.StrokeCap
import androidx.compose.ui.input.pointer.pointerInput
import androidx.compose.ui.semantics.LiveRegionMode
import androidx.compose.ui.semantics.ProgressBarRangeInfo
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.liveRegion
import androidx.compose.ui.semantics.progressBarRangeInfo
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.semantics.setProgress
import androidx.compose.ui.semantics.stateDescription
import androidx.compose.ui.unit.dp
import java.time.Duration
import org.bulla.model.ItemId
import org.bulla.model.MessageBody
import org.bulla.ui.model.Playback
import org.bulla.ui.model.SoundTrouble
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalPalette
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.theme.color
import org.bulla.ui.words.clock
import org.bulla.ui.words.mediaNamed
import org.bulla.ui.words.problem
import org.bulla.ui.words.sound

/** A sound: play or pause, its waveform, how far it is. */
@Composable
internal fun SoundRow(item: ItemId, body: MessageBody.Media, playback: Playback, mayOpen: Boolean, ink: Color, soft: Color, onSave: (() -> Unit)? = null, toggle: () -> Unit = { playback.toggle(item) }) {
    val words = LocalWords.current
    val state by playback.state.collectAsState()
    val mine = state.takeIf { it.item == item }
    val whole = mine?.sounding?.duration?.takeIf { it > Duration.ZERO } ?: body.details.duration ?: Duration.ZERO
    val position = mine?.sounding?.position ?: Duration.ZERO
    val label = words.mediaNamed(body)
    Column(Modifier.widthIn(max = 320.dp)) {
        Row(Modifier.fillMaxWidth(), Arrangement.spacedBy(4.dp), Alignment.CenterVertically) {
            if (playback.plays) {
                when {
                    mine?.loading == true -> Box(Modifier.size(48.dp).semantics { contentDescription = words.loading }, Alignment.Center) { CircularProgressIndicator(Modifier.size(22.dp), ink, strokeWidth = 2.5.dp) }
                    mine?.sounding?.playing == true -> IconAction(Icons.Pause, words.pause, toggle, tint = ink)
                    else -> IconAction(Icons.Play, "${words.play}, $label", toggle, enabled = mayOpen, tint = ink)
                }
            }
            val done = if (whole.isZero) 0f else (position.toMillis().toFloat() / whole.toMillis()).coerceIn(0f, 1f)
            val said = words.playPosition(clock(position), clock(whole))
            fun seek(to: Float) = playback.seek(Duration.ofMillis((whole.toMillis() * to.coerceIn(0f, 1f)).toLong()))
            val seeks = if (mine == null || whole.isZero) Modifier else Modifier
                .pointerInput(item, whole) { detectTapGestures { seek(it.x / size.width) } }
                .semantics {
                    stateDescription = said
                    progressBarRangeInfo = ProgressBarRangeInfo(done, 0f..1f)
                    setProgress { seek(it); true }
                }
            Wave(body.details.waveform.map { it.toInt() }, done, ink, Modifier.weight(1f).height(36.dp).semantics { contentDescription = label }.then(seeks))
            Text(if (mine == null || position.isZero) clock(whole) else said, color = soft, style = MaterialTheme.typography.labelSmall)
        }
        val trouble = mine?.trouble?.let(words::sound) ?: mine?.problem?.let { words.problem(it) }
        if (trouble != null) Text(trouble, Modifier.semantics { liveRegion = LiveRegionMode.Polite }, color = ink, style = MaterialTheme.typography.bodySmall)
        if (mine?.trouble == SoundTrouble.FORMAT && onSave != null) SaveCopy(onSave)
    }
}

/** Loudness over time; what was heard in the accent. Without values it is a line. */
@Composable
internal fun Wave(levels: List<Int>, done: Float, ink: Color, modifier: Modifier) {
    val accent = color(LocalPalette.current.accent)
    Canvas(modifier) {
        val bars = (size.width / 4.dp.toPx()).toInt().coerceAtLeast(1)
        val pen = 2.dp.toPx()
        for (bar in 0 until bars) {
            val level = if (levels.isEmpty()) 0 else levels[bar * levels.size / bars]
            val half = (size.height * (0.06f + 0.42f * level.coerceIn(0, 100) / 100f)).coerceAtLeast(pen / 2)
            val x = (bar + 0.5f) * size.width / bars
            val heard = bar < bars * done
            drawLine(if (heard) accent else ink.copy(alpha = 0.55f), Offset(x, center.y - half), Offset(x, center.y + half), if (heard) pen * 1.4f else pen, StrokeCap.Round)
        }
    }
}
