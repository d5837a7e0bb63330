package org.bulla.ui.screen

import androidx.compose.foundation.background
import androidx.compose.foundation.layout.Arrangement
import androidx.compose.foundation.layout.Box
import androidx.compose.foundation.layout.Column
import androidx.compose.foundation.layout.Spacer
import androidx.compose.foundation.layout.fillMaxSize
import androidx.compose.foundation.layout.fillMaxWidth
import androidx.compose.foundation.layout.padding
import androidx.compose.foundation.layout.size
import androidx.compose.foundation.layout.widthIn
import androidx.compose.foundation.rememberScrollState
import androidx.compose.foundation.shape.RoundedCornerShape
import androidx.compose.foundation.verticalScroll
import androidx.compose.material3.Icon
import androidx.compose.material3.MaterialTheme
import androidx.compose.material3.Text
import androidx.compose.runtime.Composable
import androidx.compose.ui.Alignment
import androidx.compose.ui.Modifier
import androidx.compose.ui.draw.clip
import androidx.compose.ui.semantics.heading
import androidx.compose.ui.semantics.semantics
import androidx.compose.ui.text.style.TextAlign
import androidx.compose.ui.unit.dp
import org.bulla.ui.theme.Icons
import org.bulla.ui.theme.LocalBrand
import org.bulla.ui.theme.LocalWords

/** The first screen: what this is, and the way in. */
@Composable
fun WelcomeScreen(onSignIn: () -> Unit) {
    val words = LocalWords.current
    Box(Modifier.fillMaxSize(), Alignment.Center) {
        Column(
            Modifier.widthIn(max = 440.dp).fillMaxSize().verticalScroll(rememberScrollState()).padding(28.dp),
            Arrangement.Center,
            Alignment.CenterHorizontally,
        ) {
            Box(Modifier.size(88.dp).clip(RoundedCornerShape(26.dp)).background(MaterialTheme.colorScheme.primary), Alignment.Center) {
                Icon(Icons.Talk, null, Modifier.size(44.dp), MaterialTheme.colorScheme.onPrimary)
            }
            Spacer(Modifier.size(20.dp))
            Text(LocalBrand.current.name, style = MaterialTheme.typography.titleLarge, color = MaterialTheme.colorScheme.primary, textAlign = TextAlign.Center)
            Spacer(Modifier.size(28.dp))
            Text(
                words.welcomeTitle,
                Modifier.semantics { heading() },
                style = MaterialTheme.typography.headlineMedium,
                textAlign = TextAlign.Center,
            )
            Spacer(Modifier.size(12.dp))
            Text(
                words.welcomeText,
                style = MaterialTheme.typography.bodyLarge,
                color = MaterialTheme.colorScheme.onSurfaceVariant,
                textAlign = TextAlign.Center,
            )
            Spacer(Modifier.size(36.dp))
            MainButton(words.signIn, onSignIn, Modifier.fillMaxWidth())
        }
    }
}
