package org.bulla.ui.screen

import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.LinearProgressIndicator
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.runtime.collectAsState
import androidx.compose.runtime.getValue
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.semantics.contentDescription
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.unit.dp
import org.bulla.endingLimits
import org.bulla.model.Lifetime
import org.bulla.ui.model.EndingModel
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalWords
import org.bulla.ui.words.lifetime
import org.bulla.ui.words.limit
import org.bulla.ui.words.problem
import org.bulla.ui.words.retention
import org.bulla.ui.words.span

/** How long the messages of a conversation stay, and what of it cannot be promised. */
@Composable
internal fun EndingScreen(model: EndingModel, onBack: () -> Unit) {
    val state by model.state.collectAsState()
    val words = LocalWords.current
    Column(Modifier.fillMaxSize()) {
        TopBar(words.ending, onBack)
        if (state.busy) LinearProgressIndicator(Modifier.fillMaxWidth().semantics { contentDescription = words.loading })
        state.problem?.let { Notice(words.problem(it), Tone.DANGER, Icons.Warning, onClose = model::problemSeen) }
        if (state.loading) return@Column Waiting()
        Box(Modifier.fillMaxSize(), Alignment.TopCenter) {
            Column(Modifier.widthIn(max = 640.dp).fillMaxSize().verticalScroll(rememberScrollState()).padding(bottom = 24.dp)) {
                Section(words.endingOf)
                if (state.mayChange) Lifetimes(state.lifetime, once = false, words.endingNever, model::setLifetime)
                else Plain(words.lifetime(state.lifetime))
                Remark(if (state.mayChange) words.endingOfHint else words.endingRefused)
                state.retention?.let { retention ->
                    Section(words.retention)
                    Plain(words.retention(retention))
                    retention.deployment?.let { Remark(words.retentionOrganisation(words.span(it))) }
                    if (state.mayChangeRetention) {
                        val ages = (listOf(null) + (EndingModel.AGES + listOfNotNull(retention.room)).distinct().sorted())
                        Choices(ages.associateWith { age -> age?.let(words::span) ?: words.retentionNone }, retention.room, model::setRetention)
                    }
                }
                Section(words.endingLimits)
                for (limit in (endingLimits(Lifetime.Once) + state.lifetime?.let(::endingLimits).orEmpty()).distinct()) Plain(words.limit(limit))
            }
        }
    }
}

@Composable
private fun Plain(text: String) = Text(text, Modifier.fillMaxWidth().padding(horizontal = 20.dp, vertical = 6.dp), style = MaterialTheme.typography.bodyLarge)

/** How long something lives: not at all, once, or so long from sending or from reading. */
@Composable
internal fun Lifetimes(chosen: Lifetime?, once: Boolean, none: String, onChoose: (Lifetime?) -> Unit) {
    val words = LocalWords.current
    val reading = chosen is Lifetime.FromReading
    val lives = EndingModel.LIVES.map { if (reading) Lifetime.FromReading(it) else Lifetime.FromSending(it) }
    val choices = listOf<Lifetime?>(null) + listOfNotNull(Lifetime.Once.takeIf { once }) + lives + listOfNotNull(chosen)
    Choices(choices.distinct().associateWith { it?.let(words::lifetime) ?: none }, chosen, onChoose)
    val after = (chosen as? Lifetime.FromSending)?.after ?: (chosen as? Lifetime.FromReading)?.after
    if (after != null) Toggle(Icons.Eye, words.endingFromReading, reading) { onChoose(if (it) Lifetime.FromReading(after) else Lifetime.FromSending(after)) }
}
