"""The shaders that draw people: one for pictures, one for labels."""

# `draw.py` puts the constants material, style, outlined, cut (its texture has holes), two_sided, soft, matt and coarse in front: each
# kind of piece has programs of its own, so that software rendering doesn't pay for branches and can test depth before it shades.
# Colours are linear inside. `baked` is (open to the sky, open to the key lamp), `zone` (lips, inside of the mouth).

# What light makes of a place: colour = albedo * light + shine + rim. Coarse pieces, whose light changes slowly, ask for each of their
# vertices, the others for each pixel.
_LIGHT = """
uniform float gloss;
uniform vec3 key_direction, key_colour, fill_direction, fill_colour, rim_direction, rim_colour, sky, ground;
float lit(float d, float wrap) { return clamp((d + wrap) / (1.0 + wrap), 0.0, 1.0); }
float lobe(float d, float sharp) { return exp2(1.4427 * sharp * (d - 1.0)); }  // as pow(d, sharp), for less
void illuminate(vec3 n, vec3 v, vec3 t, vec2 baked, vec2 zone, out vec3 light, out vec3 shine, out vec3 rim) {
  if (two_sided && dot(n, v) < 0.0) n = -n;
  float open = baked.x, keyed = baked.y, wet = gloss;
  float k = dot(n, key_direction), f = dot(n, fill_direction);
  vec3 around = mix(ground, sky, 0.5 + 0.5 * n.y) * open;
  vec3 h = normalize(key_direction + v), hf = normalize(fill_direction + v);
  shine = vec3(0.0);
  if (material == 1) {
    // Light that enters skin comes out redder and further away: each colour wraps by its own length.
    vec3 wrap = vec3(0.42, 0.20, 0.13);
    vec3 soft = vec3(lit(k, wrap.r), lit(k, wrap.g), lit(k, wrap.b));
    light = soft * mix(vec3(keyed), vec3(1.0), vec3(0.18, 0.05, 0.03)) * key_colour + lit(f, 0.35) * open * fill_colour + around;
    wet = mix(gloss, 0.5, zone.r);
    light = mix(light, 0.40 * (0.5 * key_colour + 0.4 * fill_colour + sky), smoothstep(0.3, 0.7, zone.g));  // shut while openness is baked
  } else if (material == 6 || material == 5) {
    float along = dot(normalize(t + 1e-4), h), across = sqrt(max(0.0, 1.0 - along * along));
    float side = lit(k, 0.5);
    light = side * keyed * key_colour + lit(f, 0.5) * open * fill_colour + around;
    float sheen = keyed * side * (material == 6 ? 1.0 : 0.3);
    shine = 0.10 * lobe(across, 90.0) * sheen * light;
    light *= 1.0 + 0.9 * lobe(across, 18.0) * sheen;
    wet = 0.0;
  } else if (material == 2) {
    // Openness is baked a vertex at rest, too coarse for a ball that turns: only a part of it counts.
    keyed = 0.5 + 0.5 * keyed; open = 0.55 + 0.45 * open;
    light = lit(k, 0.6) * keyed * key_colour + lit(f, 0.5) * open * fill_colour + mix(ground, sky, 0.5 + 0.5 * n.y) * open;
    light *= 0.26 + 0.40 * max(dot(n, v), 0.0);
  } else if (material == 3 || material == 4) {
    // The mouth is shut while openness is baked; how deep a place lies is painted into its colour instead.
    keyed = 0.6; open = 0.6;
    light = lit(k, 0.7) * keyed * key_colour + lit(f, 0.7) * open * fill_colour + mix(ground, sky, 0.5 + 0.5 * n.y) * open;
    light = light * vec3(1.78, 1.7, 1.62) / (1.0 + 0.95 * light);  // lips shade it: never as bright as the face
  } else {
    light = lit(k, 0.15) * keyed * key_colour + lit(f, 0.3) * open * fill_colour + around;
  }
  float sharp = mix(12.0, 400.0, wet * wet);
  float away = 1.0 - max(dot(n, v), 0.0), away2 = away * away;
  float facing = 0.04 + 0.96 * away2 * away2 * away;
  if (material == 2) {  // a window and a lamp, mirrored by the cornea; near enough to the middle that eyes look alive
    vec3 window = normalize(normalize(key_direction * vec3(0.62, 0.7, 1.0)) + v);
    vec3 lamp = normalize(normalize(fill_direction * vec3(0.6, 0.6, 1.0)) + v);
    shine = 1.7 * smoothstep(0.993, 0.998, dot(n, window)) * key_colour + 0.5 * smoothstep(0.9965, 0.999, dot(n, lamp)) * fill_colour;
  } else {
    float strength = (sharp + 8.0) / 60.0 * wet * (0.25 + facing);
    shine += strength * (lobe(dot(n, h), sharp) * keyed * key_colour + 0.4 * lobe(dot(n, hf), sharp) * fill_colour);
  }
  vec3 edge = away2 * open * lit(dot(n, rim_direction), 0.1) * rim_colour;
  light += edge;
  rim = facing * wet * 0.25 * around + 0.25 * edge;
  if (style < 2) { shine += rim; rim = vec3(0.0); }  // only flat tones treat them differently
}
"""

VERTEX = (
    """
#version 330
in vec3 position; in vec3 normal; in vec2 uv; in vec2 baked; in vec3 tangent; in vec2 zone;
uniform mat4 camera; uniform vec3 eye;
out vec2 UV; out vec3 N; out vec3 V; out vec3 T; out vec2 B; out vec3 light; out vec3 shine; out vec3 rim;
"""
    + _LIGHT
    + """
void main() {
  gl_Position = camera * vec4(position, 1.0);
  UV = uv; N = normal; V = eye - position; T = tangent; B = baked;
  if (coarse) illuminate(normal, normalize(V), tangent, baked, zone, light, shine, rim);
  else light = shine = rim = vec3(0.0);
}
"""
)

FRAGMENT = (
    """
#version 330
in vec2 UV; in vec3 N; in vec3 V; in vec3 T; in vec2 B; in vec3 light; in vec3 shine; in vec3 rim;
uniform sampler2D albedo; uniform sampler2D strokes; uniform float strokes_per_uv;
out vec4 colour;
"""
    + _LIGHT
    + """
// Light in steps: soft ones that follow the brush (painted), or two flat tones, of which anime's are the lighter.
vec3 stylised(vec3 light, float brush) {
  float full = dot(key_colour + sky, vec3(0.3, 0.6, 0.1)), l = dot(light, vec3(0.3, 0.6, 0.1)) / full, to = l;
  if (style == 1) {
    float x = 6.0 * (l + 0.07 * (brush - 0.5)), below = floor(x);
    to = (below + smoothstep(0.1, 0.9, x - below)) / 6.0;
  } else if (style == 3) {
    to = 0.42 + 0.31 * smoothstep(0.36, 0.41, l);
  } else if (style == 4) {
    to = 0.50 + 0.22 * smoothstep(0.28, 0.33, l);
  }
  vec3 tint = mix(vec3(0.93, 0.98, 1.12), vec3(1.03, 1.0, 0.95), smoothstep(0.2, 0.7, l));  // shadows are cooler
  return light / max(l, 0.05) * to * tint;
}
// Strokes that get denser with the dark, on paper; colours shine through faintly.
vec3 pencil(vec3 c, vec2 hatch) {
  float l = sqrt(dot(c, vec3(0.3, 0.6, 0.1)));
  float ink = 0.5 * smoothstep(-0.15, 0.15, hatch.x - l * 1.36) + 0.5 * smoothstep(-0.15, 0.15, hatch.y - l * 1.8);
  vec3 paper = mix(vec3(0.90, 0.87, 0.80), clamp(c / max(l * l, 0.03), 0.0, 1.6) * 0.6, 0.42);
  return paper * (1.0 - min(ink, 0.9)) * mix(0.6, 1.0, l);
}
void main() {
  vec4 texel = texture(albedo, UV);
  if (cut && texel.a < (soft ? 0.06 : 0.5)) discard;
  float cover = soft ? texel.a : 1.0;
  if (matt) { colour = vec4(texel.rgb * cover, cover); return; }
  vec3 a = texel.rgb * texel.rgb * (0.3 * texel.rgb + 0.7);  // sRGB to linear, within 1 %
  vec3 lamps = light, spark = shine, edge = style < 2 ? vec3(0.0) : rim;
  if (!coarse) illuminate(normalize(N), normalize(V), T, B, vec2(0.0), lamps, spark, edge);
  vec3 stroke = style == 1 || style == 2 ? texture(strokes, UV * strokes_per_uv).rgb : vec3(0.5);
  if (style != 0) { lamps = stylised(lamps, stroke.r); a *= 1.0 + 0.13 * float(style == 1) * (stroke.r - 0.5); }
  if (style > 1) spark = material == 1 ? vec3(0.0) : vec3(0.5 * smoothstep(0.25, 0.35, spark.g));
  vec3 c = a * lamps + spark + edge;
  c = min(c, 0.45) + max(c - 0.45, 0.0) / (1.0 + max(c - 0.45, 0.0) / 0.55);  // a film's shoulder: never quite white
  if (style == 2) c = pencil(c, stroke.gb);
  vec3 r1 = sqrt(clamp(c, 0.0, 1.0)), r2 = sqrt(r1);
  vec3 encoded = 0.6622 * r1 + 0.6840 * r2 - 0.3235 * sqrt(r2) - 0.0225 * c;  // linear to sRGB, within 1 %
  // Where outlines are drawn afterwards, coverage tells the material.
  float kind = outlined ? 1.0 - float(material == 5 ? 1 : material) / 32.0 : 1.0;
  if (material == 9) {
    float mirrored = 0.5 * (0.04 + 0.96 * pow(1.0 - max(dot(normalize(N), normalize(V)), 0.0), 5.0));
    float alpha = clamp(texel.a + dot(spark, vec3(0.4)) + mirrored, 0.0, 1.0);
    colour = vec4(encoded * alpha, alpha);
  } else colour = vec4(encoded * cover, soft ? cover : kind);
}
"""
)

LABEL_VERTEX = """
#version 330
in vec3 position; in vec3 source; in vec3 local; in vec2 uv;
uniform mat4 camera;
out vec4 S; out vec2 UV; out vec3 L;
void main() { gl_Position = camera * vec4(position, 1.0); S = camera * vec4(source, 1.0); UV = uv; L = local; }
"""

# Writes where the point was in the reference picture (0 to 1, y down), whether it was seen there, and 16 x material + part.
LABEL_FRAGMENT = """
#version 330
in vec4 S; in vec2 UV; in vec3 L;
uniform sampler2D albedo; uniform sampler2D mask; uniform sampler2D depth; uniform sampler2D open_eyes; uniform vec4 eye_box;
out vec4 label;
void main() {
  if (cut && texture(albedo, UV).a < 0.5) discard;
  vec3 s = S.xyz / S.w;
  vec2 at = 0.5 + 0.5 * s.xy;
  float seen = 0.0;
  if (at.x > 0.0 && at.x < 1.0 && at.y > 0.0 && at.y < 1.0) {
    // Nearest and farthest of the places beside it: at a silhouette the picture mixes both.
    vec2 d = texture(depth, at).rg;
    seen = 0.5 + 0.5 * s.z < d.x + 0.004 && d.y < d.x + 0.03 ? 1.0 : 0.0;
  }
  float part = 1.0;
  if (material == 1) {
    vec2 m = texture(mask, UV).rg;
    if (m.g > 0.5) part = 3.0;
    else if (m.r > 0.5) part = 2.0;
    else if (L.z > 0.0) {
      vec2 e = (L.xy - eye_box.xy) / (eye_box.zw - eye_box.xy);
      if (all(greaterThan(e, vec2(0.0))) && all(lessThan(e, vec2(1.0))) && texture(open_eyes, e).r > 0.5) part = 8.0;
    }
  } else if (material == 2) part = texture(albedo, UV).a > 0.9 ? 6.0 : 7.0;  // the texture's coverage marks the iris (0.8)
  else if (material == 3) part = 4.0;
  else if (material == 4) part = 5.0;
  label = vec4(at.x, 1.0 - at.y, seen, float(material) * 16.0 + part);
}
"""
