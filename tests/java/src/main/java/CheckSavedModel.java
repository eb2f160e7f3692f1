import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.SessionFunction;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * Runs SavedModels and prints what they give as JSON.
 *
 * <p>Usage: CheckSavedModel INPUTS.json SIGNATURE FOLDER...
 *
 * <p>INPUTS.json holds a list of calls for each folder; each call is an object of nested lists of int32 by the names of
 * the signature's inputs. Prints one line for each folder: a list of the calls' outputs, nested lists by name.
 */
public final class CheckSavedModel {
  public static void main(String[] args) throws Exception {
    JsonArray calls;
    try (Reader reader = Files.newBufferedReader(Path.of(args[0]), StandardCharsets.UTF_8)) {
      calls = JsonParser.parseReader(reader).getAsJsonArray();
    }
    for (int i = 2; i < args.length; i++) {
      List<Map<String, Object>> outputs = new ArrayList<>();
      try (SavedModelBundle model = SavedModelBundle.load(args[i], "serve")) {
        for (JsonElement call : calls.get(i - 2).getAsJsonArray()) {
          outputs.add(run(model.function(args[1]), call.getAsJsonObject()));
        }
      }
      System.out.println(new Gson().toJson(outputs));
    }
  }

  private static Map<String, Object> run(SessionFunction function, JsonObject call) {
    Map<String, Tensor> inputs = new HashMap<>();
    for (String name : call.keySet()) inputs.put(name, toTensor(call.get(name)));
    Map<String, Object> outputs = new HashMap<>();
    try (Result result = function.call(inputs)) {
      for (String name : function.signature().outputNames()) {
        TFloat32 tensor = (TFloat32) result.get(name).orElseThrow();
        float[] values = new float[(int) tensor.size()];
        tensor.copyTo(DataBuffers.of(values, false, false));
        outputs.put(name, nest(values, tensor.shape().asArray(), 0, 0, values.length));
      }
    }
    inputs.values().forEach(Tensor::close);
    return outputs;
  }

  private static TInt32 toTensor(JsonElement nested) {
    List<Long> sizes = new ArrayList<>();
    for (JsonElement part = nested; part.isJsonArray(); part = part.getAsJsonArray().get(0)) {
      sizes.add((long) part.getAsJsonArray().size());
    }
    List<Integer> values = new ArrayList<>();
    flatten(nested, values);
    int[] flat = values.stream().mapToInt(Integer::intValue).toArray();
    Shape shape = Shape.of(sizes.stream().mapToLong(Long::longValue).toArray());
    return TInt32.tensorOf(shape, DataBuffers.of(flat, true, false));
  }

  private static void flatten(JsonElement nested, List<Integer> values) {
    if (nested.isJsonArray()) nested.getAsJsonArray().forEach(part -> flatten(part, values));
    else values.add(nested.getAsInt());
  }

  private static Object nest(float[] values, long[] shape, int axis, int start, int end) {
    if (axis == shape.length) return values[start];
    List<Object> parts = new ArrayList<>();
    int step = shape[axis] == 0 ? 0 : (end - start) / (int) shape[axis];
    for (int part = 0; part < shape[axis]; part++) {
      parts.add(nest(values, shape, axis + 1, start + part * step, start + (part + 1) * step));
    }
    return parts;
  }
}
