package io.cordee.worker.function;

import io.cordee.common.job.Job;
import io.cordee.common.model.FunctionModel;
import io.cordee.common.model.IdTable;
import io.cordee.common.model.Mlp;
import io.cordee.common.model.ModelSpec;
import io.cordee.common.model.Words;
import io.cordee.common.text.Jars;
import io.cordee.function.CurvatureFunction;
import io.cordee.function.FunctionContext;
import io.cordee.function.FunctionProvider;
import io.cordee.function.GradientFunction;
import io.cordee.function.Layout;
import io.cordee.worker.data.DataFolder;
import io.cordee.worker.math.Kernels;
import io.cordee.worker.model.Network;
import io.cordee.worker.model.TableFunction;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes a job's gradient functions, one per compute thread.
 *
 * @param make makes one; throws a {@link FunctionException} if it cannot
 * @param arithmetic what decides the bits of their gradients
 * @param isNetwork whether they are networks, which allocate only on Java's heap
 * @param isToCheck whether their bits are to be checked before they are trusted
 */
public record JobFunctions(
    Supplier<GradientFunction> make, String arithmetic, boolean isNetwork, boolean isToCheck) {

  /**
   * @param providers of functions that are no networks
   * @param folder where a function's file is looked for
   * @param microBatch rows that a network takes at a time, at most
   * @param width floats summed per parameter
   */
  public static JobFunctions of(
      Job job, FunctionProviders providers, DataFolder folder, int microBatch, int width) {
    if (job.model() instanceof Mlp mlp && providers.ofNetworks().isEmpty()) {
      return new JobFunctions(
          () ->
              Network.of(
                  mlp, microBatch, job.stop().tolerance(), width, job.regularization().dropout()),
          Kernels.ARITHMETIC,
          true,
          false);
    }
    if (job.model() instanceof Mlp mlp) {
      if (mlp.isSparse()) {
        throw new FunctionException(
            "the job's network has a sparse layer, which only the built-in one computes; give the"
                + " job model.parameters for a gradient function of your own");
      }
      FunctionContext context =
          new FunctionContext(
              withoutTables(mlp),
              Map.of(),
              Optional.empty(),
              mlp.inputs(),
              mlp.outputs(),
              Optional.of(Words.of(mlp.loss())));
      FunctionProvider provider = providers.ofNetworks().orElseThrow();
      return of(provider, mlp, context, true, width);
    }
    FunctionModel model = (FunctionModel) job.model();
    FunctionContext context =
        new FunctionContext(
            withoutTables(model),
            model.settings(),
            model.file().map(folder::find),
            model.inputs(),
            model.outputs(),
            model.loss().map(Words::of));
    return of(providers.find(model), model, context, model.isExact(), width);
  }

  /** Returns the tensors that a function computes with. */
  private static Layout withoutTables(ModelSpec model) {
    List<String> tables = model.ids().stream().map(IdTable::tensor).toList();
    Map<String, List<Integer>> shapes = new LinkedHashMap<>();
    for (Layout.Tensor tensor : model.layout().tensors()) {
      if (!tables.contains(tensor.name())) {
        shapes.put(tensor.name(), tensor.shape());
      }
    }
    return Layout.of(shapes);
  }

  private static JobFunctions of(
      FunctionProvider provider,
      ModelSpec model,
      FunctionContext context,
      boolean isToCheck,
      int width) {
    return new JobFunctions(
        () -> {
          GradientFunction function = make(provider, context, width);
          return model.ids().isEmpty() ? function : new TableFunction(function, model);
        },
        FunctionException.wrapping(
            nameOf(provider), () -> refusing(() -> provider.arithmetic(context))),
        false,
        isToCheck);
  }

  private static GradientFunction make(
      FunctionProvider provider, FunctionContext context, int width) {
    GradientFunction function =
        FunctionException.wrapping(
            nameOf(provider), () -> refusing(() -> provider.create(context)));
    if (function == null) {
      throw new FunctionException(nameOf(provider) + ": its provider made none");
    }
    try {
      Layout own = FunctionException.wrapping(nameOf(provider), function::layout);
      requireLayout(provider.name(), context.layout(), own);
      if (width > 1 && !(function instanceof CurvatureFunction)) {
        throw new FunctionException(
            "gradient function %s gives no curvature, which the job's optimizer needs: make it a"
                + " CurvatureFunction that adds second derivatives to sums.extra(), or use another"
                + " optimizer",
            provider.name());
      }
    } catch (FunctionException e) {
      function.close();
      throw e;
    }
    return function;
  }

  private static String nameOf(FunctionProvider provider) {
    return "gradient function " + provider.name();
  }

  /** Calls a provider, and puts what it refuses in a line for people. */
  private static <T> T refusing(Supplier<T> call) {
    try {
      return call.get();
    } catch (IllegalArgumentException e) {
      throw new FunctionException(e.getMessage() + Jars.words(e));
    } catch (LinkageError e) {
      throw new FunctionException(
          "it was built against another version of Cordee, or a library is missing: %s%s; rebuild it",
          e, Jars.words(e));
    }
  }

  private static void requireLayout(String name, Layout job, Layout own) {
    if (own == null) {
      throw new FunctionException("gradient function %s: its layout() returned null", name);
    }
    own.differenceFrom(job)
        .ifPresent(
            difference -> {
              throw new FunctionException(
                  "gradient function %s: %s; the first weights are those of another model",
                  name, difference);
            });
  }
}
